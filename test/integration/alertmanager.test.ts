import { expect, test } from "vitest";
import { alertingBench } from "../support/alerting-bench.ts";
import { seenOf } from "../support/alert-course.ts";
import { alertmanagerProcess } from "../support/alertmanager.ts";
import { desiredService } from "../support/desired.ts";
import { eventually } from "../support/eventually.ts";
import { fakeClock, settle } from "../support/fake-clock.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { simulatedStack } from "../support/simulated-stack.ts";
import { sinkServer } from "../support/sink-server.ts";

const minute = 60_000;

interface Group {
  readonly status: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Record<string, string> }[];
}

test("a root with twenty dependents is one alert of Alertmanager's, with the right labels, and resolved afterwards", async () => {
  await using receiver = await sinkServer();
  await using alertmanager = await alertmanagerProcess(receiver.url);
  const dependents = Array.from({ length: 20 }, (_, i) => `service${i + 1}`);
  const stack = simulatedStack(
    [
      desiredService("postgres", { startIndex: 0 }),
      ...dependents.map((name, i) =>
        desiredService(name, { startIndex: i + 1, needs: { postgres: "restart" } }),
      ),
    ],
    seededRandom(3),
  );
  for (const name of stack.records.keys()) stack.startByHand(name);
  stack.run(5 * minute);
  const sinceMs = stack.now();
  stack.crash("postgres", 137);
  stack.run(30 * minute);
  const seen = seenOf(stack, sinceMs);

  // The stack's clock is the fake one, and Alertmanager has its own: the alert lives between two of its looks.
  const clock = fakeClock(sinceMs);
  const b = alertingBench({
    sinks: { alertmanager: { kind: "alertmanager", url: `${alertmanager.url}/` } },
    ...{ after: "0s", clock, wallMs: Date.now },
  });
  const delivered = () =>
    eventually(async () => {
      await settle();
      return b
        .observer()
        .alerts(1)
        .sinks.every(({ waiting }) => waiting === 0);
    });
  const groups = () => receiver.received.map(({ body }) => JSON.parse(body) as Group);
  let isFirst = true;
  for (const one of seen) {
    await clock.advance(one.transition.atMs - clock.now());
    b.see(one);
    if (isFirst) expect(await delivered()).toBe(true);
    isFirst = false;
  }
  expect(await eventually(async () => groups().length === 1)).toBe(true);
  // The next time that it is sent to be kept alive.
  await clock.advance(minute);
  expect(
    await eventually(async () => {
      const [alert] = await alertmanager.active();
      return alert?.annotations["took_along"] !== undefined;
    }),
  ).toBe(true);
  const active = await alertmanager.active();
  expect(active.map(({ labels }) => labels)).toEqual([
    {
      ...{ alertname: "PhasegateServiceFailed", severity: "warning", source: "phasegate" },
      ...{ declaration: "shop", stack: "dev", environment: "development", service: "postgres" },
    },
  ]);
  expect(active[0]?.annotations).toMatchObject({
    summary: "shop (dev): postgres failed: exited with code 137; 20 services with it",
    cause: "exited with code 137",
    took_along: `${dependents.slice(0, 10).join(", ")} and 10 more`,
    done: expect.stringMatching(/^restart of postgres: ready after /) as string,
    command: "npx phasegate incidents postgres --last 1 --stack dev",
  });
  const livesMs = Date.parse(active[0]?.endsAt ?? "") - Date.now();
  expect(livesMs).toBeGreaterThan(2 * minute);

  await clock.advance(10 * minute);
  expect(await delivered()).toBe(true);
  expect(await eventually(async () => groups().length === 2)).toBe(true);
  expect(await alertmanager.active()).toEqual([]);
  expect(
    groups().map(({ status, alerts }) => [status, alerts.map(({ labels }) => labels["service"])]),
  ).toEqual([
    ["firing", ["postgres"]],
    ["resolved", ["postgres"]],
  ]);
  b.close();
});

test("a service that is given up is critical, and what it was before is over", async () => {
  await using receiver = await sinkServer();
  await using alertmanager = await alertmanagerProcess(receiver.url);
  const b = alertingBench({
    sinks: { alertmanager: { kind: "alertmanager", url: alertmanager.url } },
    ...{ after: "0s", clock: fakeClock(Date.now()), wallMs: Date.now },
  });
  const severities = async () => (await alertmanager.active()).map(({ labels }) => labels["severity"]);
  b.fail(1, "redis");
  expect(await eventually(async () => (await severities()).join() === "warning")).toBe(true);
  const open = b.incidents.get(1);
  if (open !== undefined)
    b.observer().incident?.({ ...open, outcome: "givenUp", services: { redis: "givenUp" } });
  expect(await eventually(async () => (await severities()).join() === "critical")).toBe(true);
  b.close();
});

test("a test arrives, and is said to have", async () => {
  await using receiver = await sinkServer();
  await using alertmanager = await alertmanagerProcess(receiver.url);
  const b = alertingBench({ sinks: { pager: { kind: "alertmanager", url: alertmanager.url } } });
  expect(await b.observer().test("pager")).toMatchObject([
    { sink: "pager", kind: "alertmanager", taken: true, answer: "200 OK" },
  ]);
  await expect(b.observer().test("pagre")).rejects.toMatchObject({
    code: "PHASEGATE_SINK_UNKNOWN",
    message: "the stack has no sink pagre (did you mean pager?). Its sinks are pager.",
  });
  b.close();
});
