import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { webhookSchema } from "../../lib/alerting/webhook.ts";
import { longestWaitMs, mostWaiting } from "../../lib/coordinator/observers/alerts/delivery-queue.ts";
import { usableDatabase } from "../../lib/history/usable-database.ts";
import { alertingBench, alertingSecrets } from "../support/alerting-bench.ts";
import { eventually } from "../support/eventually.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { closedPort } from "../support/loopback.ts";
import type { Received } from "../support/sink-server.ts";
import { sinkServer } from "../support/sink-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const minute = 60_000;
const signingKey = { secret: "signingKey" };

const webhookTo = (url: string) => ({ webhook: { kind: "webhook", url, signingKey } }) as const;
const messages = (received: readonly Received[]) =>
  received.map(({ body }) => webhookSchema.parse(JSON.parse(body)));
const shown = (received: readonly Received[]) =>
  messages(received).map(({ status, alert }) => `${status} ${alert?.service}`);

type Bench = ReturnType<typeof alertingBench>;

/** Whether nothing waits for any sink any more, while the time that back-off takes passes. */
function emptied({ observer, clock }: Bench): Promise<boolean> {
  return eventually(async () => {
    await clock.advance(1000);
    return observer()
      .alerts(0)
      .sinks.every(({ waiting }) => waiting === 0);
  });
}

describe("a webhook", () => {
  test("gets what its schema says, signed with its key, under the same id each time", async () => {
    await using sink = await sinkServer((response) => response.writeHead(503).end("later"));
    const b = alertingBench({ sinks: webhookTo(sink.url), wallMs: () => 1_700_000_000_000 });
    b.fail(1, "redis");
    await b.clock.advance(30_000);
    expect(
      await eventually(async () => {
        await b.clock.advance(1000);
        return sink.received.length >= 2;
      }),
    ).toBe(true);
    sink.answer((response) => response.writeHead(200).end());
    expect(await emptied(b)).toBe(true);
    b.close();

    const ids = new Set(sink.received.map(({ headers }) => headers["webhook-id"]));
    expect(ids.size).toBe(1);
    for (const { headers, body } of sink.received) {
      // As docs/alerting.md says it.
      const [id, timestamp] = [headers["webhook-id"], headers["webhook-timestamp"]];
      const wanted = createHmac("sha256", alertingSecrets.signingKey)
        .update(`${String(id)}.${String(timestamp)}.${body}`)
        .digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${wanted}`);
      expect(timestamp).toBe("1700000000");
    }
    expect(messages(sink.received)[0]).toMatchObject({
      ...{ version: 1, status: "firing", declaration: "shop", stack: "dev", environment: "development" },
      id: [...ids][0],
      text: "shop (dev): redis failed: the process of redis ended with code 137",
      alert: { number: 1, kind: "incident", severity: "warning", service: "redis", times: 1 },
    });
  });

  test("is checked by the code in the documentation", async () => {
    const [, code = ""] =
      /```ts\n(import \{ createHmac.*?)```/s.exec(readFileSync("docs/alerting.md", "utf8")) ?? [];
    const source = `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(code))}`;
    const { isGenuine } = (await import(/* @vite-ignore */ source)) as {
      readonly isGenuine: (key: string, headers: object, body: string, nowMs: number) => boolean;
    };
    await using sink = await sinkServer();
    const b = alertingBench({ sinks: webhookTo(sink.url) });
    await b.observer().test(undefined);
    b.close();
    const [{ headers, body } = { headers: {}, body: "" }] = sink.received;
    const nowMs = b.clock.now();
    expect(isGenuine(alertingSecrets.signingKey, headers, body, nowMs)).toBe(true);
    expect(isGenuine(alertingSecrets.signingKey, headers, body, nowMs + 10 * minute)).toBe(false);
    expect(isGenuine(alertingSecrets.signingKey, headers, `${body} `, nowMs)).toBe(false);
    expect(isGenuine("another key", headers, body, nowMs)).toBe(false);
  });

  test("has the published schema", () => {
    const published: unknown = JSON.parse(readFileSync("docs/alert-webhook.schema.json", "utf8"));
    expect(published).toEqual(z.toJSONSchema(webhookSchema, { io: "input" }));
  });

  test("of a key as the standard writes it is signed with what that stands for", async () => {
    await using sink = await sinkServer();
    const b = alertingBench({ sinks: webhookTo(sink.url) });
    const key = `whsec_${Buffer.from("0123456789").toString("base64")}`;
    b.observer().configure({
      alerting: { after: "30s", repeat: "4h", sinks: webhookTo(sink.url) },
      ...{ secrets: { signingKey: key }, declaration: "shop", stack: "dev", environment: "test" },
    });
    expect(await b.observer().test(undefined)).toMatchObject([{ taken: true, answer: "204 No Content" }]);
    b.close();
    const [{ headers, body } = { headers: {} as Received["headers"], body: "" }] = sink.received;
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    const wanted = createHmac("sha256", "0123456789").update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${wanted}`);
  });
});

describe("a sink that is down", () => {
  test("for the whole incident gets it once when it is back", async () => {
    await using sink = await sinkServer((response) => response.writeHead(500).end());
    const b = alertingBench({ sinks: webhookTo(sink.url) });
    b.fail(1, "redis");
    await b.clock.advance(5 * minute);
    b.heal(1);
    await b.clock.advance(5 * minute);
    const before = sink.received.length;
    sink.answer((response) => response.writeHead(204).end());
    expect(await emptied(b)).toBe(true);
    await b.clock.advance(60 * minute);
    expect(shown(sink.received.slice(before))).toEqual(["resolved redis"]);
    const [kept] = b.observer().alerts(1).past;
    expect(kept?.deliveredMs).toBeGreaterThan(kept?.resolvedMs ?? Infinity);
    expect(messages(sink.received.slice(before))[0]?.alert).toMatchObject({
      ended: expect.any(String) as string,
    });
    b.close();
  });

  test("delays no other, and its trouble is said without its URL", async () => {
    await using hanging = await sinkServer(() => undefined);
    await using well = await sinkServer();
    const port = await closedPort();
    const b = alertingBench({
      sinks: {
        hangs: { kind: "slack", url: [`${hanging.url}/`, { secret: "token" }] },
        refuses: { kind: "slack", url: `http://127.0.0.1:${port}/services/hidden` },
        ...webhookTo(well.url),
      },
    });
    b.fail(1, "redis");
    await b.clock.advance(30_000);
    expect(await eventually(async () => well.received.length === 1)).toBe(true);
    expect(await eventually(async () => hanging.received.length === 1)).toBe(true);
    expect(
      await eventually(async () =>
        b
          .observer()
          .problems()
          .some((problem) => problem.includes("refuses")),
      ),
    ).toBe(true);
    expect(b.observer().problems().join("\n")).toMatch(
      /^The sink refuses has taken no alerts since .* UTC: connection refused; 1 message waits\.$/,
    );
    const said = [...b.log, ...b.observer().problems(), JSON.stringify(b.observer().alerts(9))].join("\n");
    expect(said).not.toContain("hidden");
    expect(said).not.toContain("127.0.0.1");
    expect(said).not.toContain(alertingSecrets.token);
    b.close();
  });

  test("for longer than a day, or for too many alerts, loses the oldest, and that is said", async () => {
    await using sink = await sinkServer((response) => response.writeHead(500).end());
    const b = alertingBench({ sinks: webhookTo(sink.url), after: "0s" });
    for (let i = 1; i <= mostWaiting + 3; i++) b.fail(i, `service${i}`);
    await b.clock.advance(1000);
    expect(b.observer().alerts(0).sinks[0]?.waiting).toBeLessThanOrEqual(mostWaiting + 1);
    expect(b.observer().alerts(0).sinks[0]?.dropped).toMatchObject({
      why: `more than ${mostWaiting} messages were waiting`,
    });
    b.close();
    const other = alertingBench({ sinks: webhookTo(sink.url), after: "0s" });
    other.fail(1, "redis");
    other.heal(1);
    await other.clock.advance(longestWaitMs + 60 * minute);
    await eventually(async () => {
      await other.clock.advance(2 * minute);
      return other.observer().alerts(0).sinks[0]?.waiting === 0;
    });
    expect(other.observer().problems().join("\n")).toMatch(
      /The sink webhook never got 1 message, the last at .*: it had waited for a day\./,
    );
    other.close();
  });

  test("that refuses a message is not sent it again, and gets the next", async () => {
    await using sink = await sinkServer((response, { body }) =>
      response.writeHead(body.includes("redis") ? 400 : 204).end("no such field"),
    );
    const b = alertingBench({ sinks: webhookTo(sink.url), after: "0s" });
    b.fail(1, "redis");
    b.fail(2, "mailer");
    expect(await emptied(b)).toBe(true);
    expect(shown(sink.received)).toEqual(["firing redis", "firing mailer"]);
    expect(b.observer().alerts(0).sinks[0]?.dropped).toMatchObject({
      count: 1,
      why: "the sink refused it: 400 Bad Request: no such field",
    });
    b.close();
  });

  test("that says when to come again is left alone until then, whatever comes meanwhile", async () => {
    await using sink = await sinkServer((response) => response.writeHead(429, { "retry-after": "30" }).end());
    const b = alertingBench({ sinks: webhookTo(sink.url) });
    b.fail(1, "redis");
    await b.clock.advance(30_000);
    expect(await eventually(async () => sink.received.length === 1)).toBe(true);
    expect(await eventually(async () => b.observer().problems().length === 1)).toBe(true);
    sink.answer((response) => response.writeHead(204).end());
    b.fail(2, "postgres");
    const beganMs = b.clock.now();
    for (let step = 0; step < 30; step++) await b.clock.advance(1000);
    expect(await emptied(b)).toBe(true);
    const sent = sink.received.slice(1).map(({ headers }) => Number(headers["webhook-timestamp"]) * 1000);
    expect(Math.min(...sent)).toBe(beganMs + 30_000);
    expect(shown(sink.received.slice(1)).toSorted()).toEqual(["firing postgres", "firing redis"]);
    b.close();
  });

  test("or redirects, or does not end its answer, is left", async () => {
    await using elsewhere = await sinkServer();
    await using redirects = await sinkServer((response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    await using endless = await sinkServer((response) => {
      response.writeHead(200);
      const write = () => void response.write("x".repeat(65_536), (error) => error ?? write());
      write();
    });
    const b = alertingBench({
      sinks: {
        redirects: { kind: "slack", url: redirects.url },
        endless: { kind: "slack", url: endless.url },
        odd: { kind: "slack", url: "file:///etc/passwd" },
      },
    });
    const answers = Object.fromEntries(
      (await b.observer().test(undefined)).map(({ sink, answer }) => [sink, answer]),
    );
    expect(answers).toEqual({
      redirects: "307 Temporary Redirect: it redirects, which is not followed",
      endless: "200 OK",
      odd: "its URL is none of http or https",
    });
    expect(elsewhere.received).toEqual([]);
    b.close();
  });
});

describe("a coordinator that is killed", () => {
  /** Each start opens the file again, as a new process does. */
  function benchIn(folder: string, url: string, clock = fakeClock()) {
    const file = join(folder, "history.db");
    return alertingBench({
      sinks: webhookTo(url),
      clock,
      database: () => usableDatabase(file, () => undefined),
    });
  }

  test("between incident and delivery delivers it when it is back", async () => {
    using folder = temporaryFolder();
    await using sink = await sinkServer((response) => response.writeHead(500).end());
    const b = benchIn(folder.path, sink.url);
    b.fail(1, "redis");
    await b.clock.advance(31_000);
    b.kill();
    const before = sink.received.length;
    sink.answer((response) => response.writeHead(204).end());
    b.start();
    expect(await emptied(b)).toBe(true);
    await b.clock.advance(20 * minute);
    expect(shown(sink.received.slice(before))).toEqual(["firing redis"]);
    b.heal(1);
    await b.clock.advance(5 * minute);
    expect(await emptied(b)).toBe(true);
    expect(shown(sink.received.slice(before))).toEqual(["firing redis", "resolved redis"]);
    expect(new Set(messages(sink.received.slice(before)).map(({ alert }) => alert?.id)).size).toBe(1);
    b.close();
  });

  test("within the grace alerts when that is over, with nothing of it written", async () => {
    using folder = temporaryFolder();
    await using sink = await sinkServer();
    const b = benchIn(folder.path, sink.url);
    b.fail(1, "redis");
    b.kill();
    await b.clock.advance(10_000);
    b.start();
    await b.clock.advance(19_000);
    expect(sink.received).toEqual([]);
    await b.clock.advance(2000);
    expect(await emptied(b)).toBe(true);
    expect(shown(sink.received)).toEqual(["firing redis"]);
    b.close();
  });

  test("within the grace alerts nobody of what has healed until it is back", async () => {
    using folder = temporaryFolder();
    await using sink = await sinkServer();
    const b = benchIn(folder.path, sink.url);
    b.fail(1, "redis");
    await b.clock.advance(5000);
    b.kill();
    b.incidents.clear();
    b.standing.clear();
    await b.clock.advance(10 * minute);
    b.start();
    await b.clock.advance(10 * minute);
    expect(await emptied(b)).toBe(true);
    expect(sink.received).toEqual([]);
    expect(b.observer().alerts(10)).toMatchObject({ open: [], past: [] });
    b.close();
  });

  test("while its alert is open, and healed before it is back, resolves it", async () => {
    using folder = temporaryFolder();
    await using sink = await sinkServer();
    const b = benchIn(folder.path, sink.url);
    b.fail(1, "redis");
    await b.clock.advance(31_000);
    expect(await emptied(b)).toBe(true);
    b.kill();
    // What was known of it last was lost.
    b.incidents.clear();
    const was = b.standing.get("redis");
    if (was)
      b.standing.set("redis", { ...was, state: "ready", cause: { kind: "recovered", text: "it passes" } });
    b.start();
    await b.clock.advance(3 * minute);
    expect(await emptied(b)).toBe(true);
    expect(shown(sink.received)).toEqual(["firing redis", "resolved redis"]);
    b.close();
  });

  test("with its last incident lost alerts of the service that fails all the same, until it is well", async () => {
    using folder = temporaryFolder();
    await using sink = await sinkServer();
    const b = benchIn(folder.path, sink.url);
    b.fail(1, "redis");
    b.kill();
    const ids = [...b.incidents.values()];
    b.incidents.clear();
    b.start();
    await b.clock.advance(31_000);
    expect(await emptied(b)).toBe(true);
    for (const one of ids) b.incidents.set(one.id, one);
    b.see({
      transition: {
        ...{ seq: 9, atMs: b.clock.now(), service: "redis", from: "restarting", to: "ready", generation: 2 },
        cause: { kind: "recovered", text: "it passes" },
      },
      incident: undefined,
    });
    await b.clock.advance(5 * minute);
    expect(await emptied(b)).toBe(true);
    expect(shown(sink.received)).toEqual(["firing redis", "resolved redis"]);
    b.close();
  });

  test("an alert whose incident was lost resolves when its service leaves the declaration", async () => {
    using folder = temporaryFolder();
    await using sink = await sinkServer();
    const b = benchIn(folder.path, sink.url);
    b.fail(1, "redis");
    b.kill();
    b.incidents.clear();
    b.start();
    await b.clock.advance(31_000);
    expect(await emptied(b)).toBe(true);
    b.observer().forgotten?.("redis");
    await b.clock.advance(5 * minute);
    expect(await emptied(b)).toBe(true);
    expect(shown(sink.received)).toEqual(["firing redis", "resolved redis"]);
    b.close();
  });
});

test("what flaps twenty times in ten minutes is one alert, also across a kill", async () => {
  using folder = temporaryFolder();
  await using sink = await sinkServer();
  const file = join(folder.path, "history.db");
  const b = alertingBench({
    sinks: webhookTo(sink.url),
    database: () => usableDatabase(file, () => undefined),
  });
  for (let i = 1; i <= 20; i++) {
    b.fail(i, "redis");
    await b.clock.advance(10_000);
    b.heal(i);
    await b.clock.advance(20_000);
    if (i === 10) {
      b.kill();
      b.start();
    }
  }
  expect(await emptied(b)).toBe(true);
  expect(shown(sink.received)).toEqual(["firing redis"]);
  await b.clock.advance(11 * minute);
  expect(await emptied(b)).toBe(true);
  expect(shown(sink.received)).toEqual(["firing redis", "resolved redis"]);
  expect(messages(sink.received)[1]?.alert?.times).toBe(20);
  b.close();
});

test("a sink that is declared later gets what is open, and one that is no more gets nothing", async () => {
  await using first = await sinkServer();
  await using second = await sinkServer();
  const b = alertingBench({ sinks: webhookTo(first.url) });
  b.fail(1, "redis");
  await b.clock.advance(31_000);
  expect(await emptied(b)).toBe(true);
  b.configure({ other: { kind: "webhook", url: second.url, signingKey } });
  expect(await emptied(b)).toBe(true);
  expect(await eventually(async () => second.received.length === 1)).toBe(true);
  b.heal(1);
  await b.clock.advance(3 * minute);
  expect(await emptied(b)).toBe(true);
  expect([shown(first.received), shown(second.received)]).toEqual([
    ["firing redis"],
    ["firing redis", "resolved redis"],
  ]);
  b.close();
});

test("Alertmanager is sent what is open every minute, with the token, and not when nothing is", async () => {
  await using sink = await sinkServer((response) => response.writeHead(200).end());
  const b = alertingBench({
    sinks: { pager: { kind: "alertmanager", url: sink.url, token: { secret: "token" } } },
    after: "0s",
  });
  b.fail(1, "redis");
  expect(await emptied(b)).toBe(true);
  for (let i = 0; i < 3; i++) {
    const before = sink.received.length;
    await b.clock.advance(minute);
    expect(await eventually(async () => sink.received.length > before)).toBe(true);
  }
  const [first, ...more] = sink.received.map(({ body, path, headers }) => {
    expect([path, headers.authorization]).toEqual(["/api/v2/alerts", `Bearer ${alertingSecrets.token}`]);
    return JSON.parse(body) as {
      readonly labels: unknown;
      readonly endsAt: string;
      readonly startsAt: string;
    }[];
  });
  for (const one of more) {
    expect(one.map(({ labels, startsAt }) => [labels, startsAt])).toEqual(
      first?.map(({ labels, startsAt }) => [labels, startsAt]),
    );
    expect(Date.parse(one[0]?.endsAt ?? "")).toBeGreaterThan(Date.parse(first?.[0]?.endsAt ?? ""));
  }
  b.heal(1);
  await b.clock.advance(3 * minute);
  expect(await emptied(b)).toBe(true);
  const after = sink.received.length;
  await b.clock.advance(10 * minute);
  expect(sink.received.length).toBe(after);
  b.close();
});

test("Slack is sent one text, in which nothing is a mention or a link", async () => {
  await using sink = await sinkServer((response) => response.writeHead(200).end("ok"));
  const b = alertingBench({ sinks: { chat: { kind: "slack", url: sink.url } }, after: "0s" });
  b.fail(1, "redis<!channel>&co");
  expect(await emptied(b)).toBe(true);
  const [message] = sink.received.map(({ body }) => JSON.parse(body) as { readonly text: string });
  expect(message?.text).toBe(
    "Warning: shop (dev): redis&lt;!channel&gt;&amp;co failed: the process of redis&lt;!channel&gt;&amp;co ended with code 137",
  );
  b.close();
});

test("a service that is silenced is shown, and sent at the end; the silence outlives the coordinator", async () => {
  using folder = temporaryFolder();
  await using sink = await sinkServer();
  const file = join(folder.path, "history.db");
  const b = alertingBench({
    sinks: webhookTo(sink.url),
    database: () => usableDatabase(file, () => undefined),
  });
  b.observer().silence("redis", 60 * minute, "an upgrade");
  b.kill();
  b.start();
  b.fail(1, "redis");
  b.fail(2, "mailer");
  await b.clock.advance(10 * minute);
  expect(await emptied(b)).toBe(true);
  expect(shown(sink.received)).toEqual(["firing mailer"]);
  expect(b.observer().alerts(0)).toMatchObject({
    open: [{ service: "redis", sent: {} }, { service: "mailer" }],
    silences: [{ service: "redis", why: "an upgrade" }],
  });
  expect(b.observer().endSilence("redis")).toMatchObject({ why: "an upgrade" });
  expect(b.observer().endSilence("redis")).toBeUndefined();
  expect(await emptied(b)).toBe(true);
  expect(shown(sink.received)).toEqual(["firing mailer", "firing redis"]);
  b.close();
});
