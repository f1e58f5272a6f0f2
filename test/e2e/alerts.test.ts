import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { webhookSchema, type WebhookMessage } from "../../lib/alerting/webhook.ts";
import { until } from "./faults/faulty-stack.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

/*
 * What leaves a stack for those who watch it, from an `up` on: alerts to a webhook, metrics, traces. The receiver is a service of
 * the stack. One sequence, in order.
 */
const portBase = 15_000;
const secrets = { pagerKey: "a-signing-key-of-alerts", metricsToken: "a-token-for-the-metrics" };
const docker = dockerClient();
let trial: TrialProject;

interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

beforeAll(async () => {
  trial = await openTrial(
    "alerts",
    {
      ...{ declaration: "shop", environment: "test", validationLevel: "comprehensive", portBase },
      ...{ healthCheckInterval: "2s", otlpEndpoint: "http://receiver:8080" },
    },
    "test/e2e/alerts/stacks",
  );
  await trial.setSecrets(secrets);
});
afterAll(() => trial.remove());

function phasegate(...args: string[]): Promise<CommandResult> {
  return trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", trial.stack]);
}

async function received(path: string): Promise<readonly Received[]> {
  const answer = await fetch(`http://127.0.0.1:${portBase + 90}/`, { signal: AbortSignal.timeout(5000) });
  return ((await answer.json()) as Received[]).filter((one) => one.path === path);
}

/** What the webhook was sent, each message checked as docs/alerting.md says. */
async function messages(): Promise<readonly WebhookMessage[]> {
  return (await received("/alerts")).map(({ headers, body }) => {
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const signature = createHmac("sha256", secrets.pagerKey).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
    return webhookSchema.parse(JSON.parse(body));
  });
}

async function metrics(token?: string): Promise<{ readonly status: number; readonly text: string }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const address = `http://127.0.0.1:${portBase + 91}/metrics`;
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(5000) });
  return { status: answer.status, text: await answer.text() };
}

test("an up configures alerts, metrics and traces, and a second one has nothing to do", async () => {
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  const preview = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(preview.code, preview.output).toBe(0);
  const test = await phasegate("alerts", "test", "pager");
  expect(test.code, test.output).toBe(0);
  expect((await messages()).map(({ status }) => status)).toEqual(["test"]);
});

test("a service that dies with two behind it is one alert, which names it, and which resolves", async () => {
  const kill = await docker.getContainer("shop-alerts-database").exec({
    Cmd: ["sh", "-c", "kill -KILL $(cat /proc/1/task/1/children)"],
  });
  await kill.start({});
  const alert = async () => (await phasegate("alerts", "--json")).output;
  const sent = await until(
    "the alert is resolved",
    async () => {
      const own = (await messages()).filter(({ status }) => status !== "test");
      return own.some(({ status }) => status === "resolved") ? own : undefined;
    },
    { withinMs: 240_000, seen: () => "" },
  );
  expect(
    sent.map(({ status }) => status),
    await alert(),
  ).toEqual(["firing", "resolved"]);
  expect(new Set(sent.map((one) => one.alert?.id)).size).toBe(1);
  expect(sent[0]).toMatchObject({ stack: "alerts", alert: { service: "database", kind: "incident" } });
  expect(Object.keys(sent[1]?.alert?.services ?? {}).toSorted()).toEqual(["api", "database", "web"]);
  const shown = await phasegate("alerts");
  expect(shown.output).toMatch(/database/);
});

test("the metrics have counted it, and are given to nobody without the token", async () => {
  expect((await metrics()).status).toBe(401);
  const { status, text } = await metrics(secrets.metricsToken);
  expect(status).toBe(200);
  expect(text).toMatch(/phasegate_incidents_total\{[^}]*\} 1\n/);
  expect(text).toMatch(/phasegate_alerts_sent_total\{[^}]*result="delivered"[^}]*\} 2\n/);
});

test("the start and the incident are traces", async () => {
  const names = await until("both are sent", async () => {
    const spans = (await received("/v1/traces")).flatMap(({ body }) => [
      ...body.matchAll(/"name":"([^"]+)"/g),
    ]);
    const found = new Set(spans.map(([, name = ""]) => name));
    return found.has("incident") && found.has("up") ? found : undefined;
  });
  for (const name of ["phase data", "database", "restart database", "restart api"])
    expect(
      [...names].some((one) => one.includes(name)),
      [...names].join(", "),
    ).toBe(true);
});

test("what leaves the declaration ends: no alert, and no port", async () => {
  trial.configure({ declaration: "quiet", otlpEndpoint: undefined });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  await expect(metrics(secrets.metricsToken)).rejects.toThrow();
  const status = await phasegate("alerts", "test", "pager");
  expect(status.code).not.toBe(0);
  expect(status.output).toContain("PHASEGATE_SINK_UNKNOWN");
});
