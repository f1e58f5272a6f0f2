import fc from "fast-check";
import { expect, test } from "vitest";
import { PhasegateError } from "../../../../lib/core/errors.ts";
import type { GateVerdict } from "../../../../lib/model/control-answers.ts";
import type { ServiceRecord } from "../../../../lib/supervision/service-record.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

const outcomes = { passed, failed: failed(), unknown };

/** What can happen to a service, to the engine, and to the coordinator, each at some time after the one before. */
const happening = fc.record({
  afterMs: fc.integer({ min: 0, max: 20_000 }),
  service: fc.constantFrom("db", "web"),
  what: fc.constantFrom(
    ...(["crashes", "ends well", "ends unseen", "cannot start", "can start"] as const),
    ...(["stopped by hand", "started by hand", "restarted by hand", "removed by hand", "replaced"] as const),
    ...(["events end", "engine refuses", "engine falls silent", "engine hangs", "engine answers"] as const),
    ...(["apply", "verify", "another spec", "other secrets", "gate", "leave"] as const),
    ...(["deploy", "deployed", "hold", "release", "coordinator is killed", "command"] as const),
  ),
});
const course = fc.record({
  outcomes: fc.array(fc.constantFrom("passed", "failed", "unknown"), { minLength: 1, maxLength: 12 }),
  threshold: fc.integer({ min: 1, max: 3 }),
  job: fc.boolean(),
  policy: fc.constantFrom("restart", "revalidate", "ignore"),
  happenings: fc.array(happening, { maxLength: 14 }),
});

type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;
type What = Course["happenings"][number]["what"];

/** A course as it runs: what it has begun, and has to end. */
function running(b: Bench, { job, threshold, policy }: Course) {
  const gates: Promise<GateVerdict | string>[] = [];
  const leaves: (() => void)[] = [];
  const deployments: (() => void)[] = [];
  const version: Record<string, number> = { db: 1, web: 1 };
  const options: Record<string, { verification: number; more: boolean; password: number }> = {
    db: { verification: 1, more: false, password: 1 },
    web: { verification: 1, more: false, password: 1 },
  };
  const container = (service: string) => `${service}-${version[service]}`;
  const isThere = (service: string) => b.engine.container(container(service)) !== undefined;
  const isRunning = (service: string) => b.engine.container(container(service))?.running === true;

  const apply = (service: string) => {
    const { verification = 1, more = false, password = 1 } = options[service] ?? {};
    const [port, other] = service === "web" ? [1, 2] : [3, 4];
    b.apply(
      service,
      {
        ...{ job: service === "web" && job, successThreshold: threshold },
        probes: { first: probeOn(port), second: probeOn(other), ...(more && { third: probeOn(5) }) },
      },
      {
        ...{ container: container(service), verification, secrets: { password: `password ${password}` } },
        ...{ generation: container(service), startIndex: service === "web" ? 1 : 0 },
        ...{ needs: service === "web" ? { db: policy } : {} },
      },
    );
  };
  const change = (service: string, patch: object) => {
    options[service] = { verification: 1, more: false, password: 1, ...options[service], ...patch };
    apply(service);
  };

  const does: Record<What, (service: string) => void> = {
    crashes: (service) => void (isRunning(service) && b.engine.crash(container(service))),
    "ends well": (service) => void (isRunning(service) && b.engine.crash(container(service), 0)),
    "ends unseen": (service) =>
      void (
        isRunning(service) &&
        b.engine.change(container(service), { running: false, exitCode: 1, finishedMs: b.clock.now() })
      ),
    "cannot start": () => {
      b.engine.onStart = () => {
        throw new Error("the port is taken");
      };
    },
    "can start": () => void (b.engine.onStart = b.engine.byHand.start),
    "stopped by hand": (service) => void (isRunning(service) && b.engine.byHand.stop(container(service))),
    "started by hand": (service) =>
      void (isThere(service) && !isRunning(service) && b.engine.byHand.start(container(service))),
    "restarted by hand": (service) =>
      void (isRunning(service) && b.engine.byHand.restart(container(service))),
    "removed by hand": (service) => void (isThere(service) && b.engine.remove(container(service))),
    replaced: (service) => {
      if (isThere(service)) b.engine.remove(container(service));
      version[service] = (version[service] ?? 0) + 1;
      b.engine.add(container(service));
      apply(service);
    },
    "events end": () => b.engine.endEvents(),
    "engine refuses": () => void (b.engine.silence = new Error("device or resource busy")),
    "engine falls silent": () =>
      void (b.engine.silence = new PhasegateError("PHASEGATE_ENGINE_UNREACHABLE", "no answer")),
    "engine hangs": () => void (b.engine.hangs = () => true),
    "engine answers": () => {
      b.engine.silence = undefined;
      b.engine.hangs = () => false;
    },
    apply,
    verify: (service) => change(service, { verification: (options[service]?.verification ?? 0) + 1 }),
    "another spec": (service) => change(service, { more: options[service]?.more !== true }),
    "other secrets": (service) => change(service, { password: (options[service]?.password ?? 0) + 1 }),
    gate: () => {
      const { verdict, leave } = b.gate("db", "web");
      gates.push(verdict.catch((error: unknown) => String(error)));
      leaves.push(leave);
    },
    leave: () => leaves.at(-1)?.(),
    deploy: () => void deployments.push(b.deploy()),
    deployed: () => deployments.pop()?.(),
    hold: () => void b.call("hold", { forMs: 60_000 }),
    release: () => void b.call("release", {}),
    "coordinator is killed": () => {
      // Who was connected to it is not any more.
      for (const end of [...leaves.splice(0), ...deployments.splice(0)]) end();
      b.killCoordinator();
    },
    command: (service) => {
      void b.call("command", { action: "restart", services: [service] }).catch(() => undefined);
    },
  };

  return {
    gates,
    does,
    endAll: () => {
      for (const end of deployments) end();
    },
    apply,
  };
}

/** Whether a service is in a state that may last. */
function hasSettled({ state, act, down }: ServiceRecord): boolean {
  if (act !== undefined) return false;
  const waits = state.name === "pending" || state.name === "degraded";
  return waits ? down !== undefined || state.cause.kind === "probe" : state.name !== "restarting";
}

test("whatever happens, no move is illegal, every gate ends, every service comes to a state with a cause, and nothing is left running", async () => {
  await fc.assert(
    fc.asyncProperty(course, async (made) => {
      const b = bench();
      const names = made.outcomes;
      for (const port of [1, 3]) b.scripts[port] = (n) => outcomes[names[n % names.length] ?? "failed"];
      for (const service of ["db", "web"]) b.engine.add(`${service}-1`);
      const { does, gates, endAll, apply } = running(b, made);
      for (const service of ["db", "web"]) apply(service);
      for (const { afterMs, what, service } of made.happenings) {
        await b.clock.advance(afterMs);
        does[what](service);
      }
      does["engine answers"]("db");
      does["can start"]("db");
      endAll();
      // From now on all is well: what is to be done is done within the intensity's window, and a hold has ended.
      for (const port of [1, 3]) b.scripts[port] = () => passed;
      await b.clock.advance(1_200_000);
      for (const service of ["db", "web"]) {
        const record = b.record(service);
        expect(record.state.cause.text).not.toBe("");
        const text = `${service} is ${record.state.name}: ${record.state.cause.text}`;
        expect(hasSettled(record), text).toBe(true);
        // What it is taken for is what it is.
        const runs = b.engine.container(record.desired.workload)?.running === true;
        const { name } = record.state;
        if (name === "ready") expect(runs || record.desired.readiness.job, text).toBe(true);
        if (name === "stopped") expect(runs, text).toBe(false);
        // A job is not asked again before it ends.
        if (name === "failed" || name === "givenUp")
          expect(runs && !record.desired.readiness.job, text).toBe(false);
      }
      expect(b.log.filter((line) => line.startsWith("defect"))).toEqual([]);
      await Promise.all(gates);

      b.close();
      await b.clock.advance(0);
      const attempts = JSON.stringify(b.attempts);
      expect(b.clock.sleeping()).toBe(0);
      await b.clock.advance(60_000);
      expect(JSON.stringify(b.attempts)).toBe(attempts);
    }),
    { numRuns: 150, seed: 20 },
  );
}, 60_000);
