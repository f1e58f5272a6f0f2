import { afterEach, expect, test } from "vitest";
import type { ObservedAttempt } from "../../../../lib/coordinator/observers/observer.ts";
import type { ConfiguredObserver, Settings } from "../../../../lib/coordinator/observers/telemetry.ts";
import { hashOf } from "../../../../lib/model/spec-hash.ts";
import type { Telemetry } from "../../../../lib/model/telemetry.ts";
import { bench, type Bench } from "../../../support/coordinator-bench.ts";

let b: Bench;
afterEach(() => b.close());

const telemetry: Telemetry = {
  ...{ declaration: "shop", environment: "production" },
  alerting: {
    after: "30s",
    repeat: "4h",
    sinks: { slack: { kind: "slack", url: [{ secret: "slackUrl" }] } },
  },
};
const secrets = { slackUrl: "https://hooks.invalid/T0/B0/x" };

/** An observer that keeps all that it is given. */
function recording() {
  const settings: Settings[] = [];
  const attempts: ObservedAttempt[] = [];
  const seen: string[] = [];
  const observer: ConfiguredObserver = {
    configure: (given) => void settings.push(given),
    transition: ({ service, to }) => void seen.push(`${service} ${to}`),
    incident: ({ root, outcome }) => void seen.push(`incident of ${root}: ${outcome}`),
    start: (id, { outcome }) => void seen.push(`start ${id} ${outcome}`),
    verdict: ({ phase, opened }) => void seen.push(`${phase} ${opened ? "opened" : "closed"}`),
    attempt: (attempt) => void attempts.push(attempt),
  };
  return { settings, attempts, seen, observer };
}

test("what an up has configured is given to observers, and again after a start of the coordinator", async () => {
  const { observer, settings } = recording();
  b = bench({ observers: [observer] });
  expect(settings).toEqual([{ secrets: {}, stack: "dev" }]);
  expect(await b.call("hello", {})).toMatchObject({ telemetry: undefined });
  await b.call("configure", { telemetry, secrets });
  expect(settings.at(-1)).toEqual({ ...telemetry, secrets, stack: "dev" });
  expect(await b.call("hello", {})).toMatchObject({ telemetry: hashOf(telemetry) });
  b.killCoordinator();
  expect(settings.length).toBe(3);
  expect(settings.at(-1)).toEqual(settings.at(-2));
});

test("an observer that throws harms neither the coordinator nor the others", async () => {
  const { observer, settings, seen } = recording();
  const fails = () => {
    throw new Error(`no ${secrets.slackUrl}`);
  };
  b = bench({ observers: [{ configure: fails, transition: fails, attempt: fails }, observer] });
  await b.call("configure", { telemetry, secrets });
  expect(settings.length).toBe(2);
  b.engine.add("web");
  b.apply("web");
  await b.clock.advance(1000);
  expect(seen).toContain("web ready");
  expect(b.log.join()).toMatch(/observer-failed.*transition/);
  // The first was before it was known.
  expect(b.log.slice(1).join()).not.toContain(secrets.slackUrl);
});

test("observers get each transition, incident, start, verdict and attempt once, in order", async () => {
  const { observer, seen, attempts } = recording();
  b = bench({ observers: [observer] });
  b.engine.add("web");
  b.apply("web");
  const { verdict } = b.gate("web");
  await b.clock.advance(1000);
  await verdict;
  b.engine.crash("web");
  await b.clock.advance(5000);
  expect(seen.filter((one) => !one.startsWith("start "))).toEqual([
    "web starting",
    "web ready",
    "infrastructure opened",
    "web restarting",
    "incident of web: open",
    "web starting",
    "incident of web: open",
    "web ready",
    "incident of web: recovered",
  ]);
  expect(new Set(seen.filter((one) => one.startsWith("start ")))).toEqual(
    new Set(["start 1 under-way", "start 1 ready", "start 2 under-way", "start 2 ready"]),
  );
  expect(attempts[0]).toMatchObject({ service: "web", kind: "tcp", status: "passed" });
});
