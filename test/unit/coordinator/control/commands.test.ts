import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommandAction } from "../../../../lib/model/control.ts";
import type { CommandProgress, CommandResult } from "../../../../lib/model/control-answers.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  // Each service's probe is named by its start index.
  const declared = [
    ["frontend", 4, "application", { backend: "revalidate", auth: "ignore" }],
    ["backend", 3, "business", { auth: "restart", redis: "restart" }],
    ["auth", 2, "business", { redis: "restart" }],
    ["redis", 1, "infrastructure", {}],
    ["postgres", 0, "infrastructure", {}],
  ] as const;
  const after = { infrastructure: [], business: ["infrastructure"], application: ["business"] };
  for (const [name, startIndex, phase, needs] of declared) {
    b.engine.add(name);
    const spec = { budget: "60s", probes: { answers: probeOn(startIndex) } } as const;
    b.apply(name, spec, { startIndex, phase, after: after[phase], needs });
  }
  await b.clock.advance(20_000);
  b.engine.calls.length = 0;
  b.changesSince();
});
afterEach(() => b.close());

/** A command; its progress and its result come as time is advanced. */
function command(action: CommandAction, ...services: string[]) {
  const progress: CommandProgress[] = [];
  const left = new AbortController();
  const result = b.call("command", { action, services }, (event) => progress.push(event), left.signal);
  result.catch(() => undefined);
  return { progress, result, leave: () => left.abort() };
}

/** The steps, a line each. */
const lines = ({ steps }: CommandResult) =>
  steps.map(({ service, action, because, result, already, cause }) =>
    [
      `${action} ${service}${because === undefined ? "" : ` because of ${because}`}: ${result}`,
      already ? " already" : "",
      cause === undefined ? "" : ` (${cause})`,
    ].join(""),
  );

const states = () =>
  Object.fromEntries(b.services().map((name) => [name, b.record(name).state.name] as const));

/** The words of what is begun and done, without what is waited for. */
const said = (progress: readonly CommandProgress[]) =>
  progress.flatMap((one) => {
    switch (one.kind) {
      case "begun":
        return [`${one.action} ${one.service}${one.because === undefined ? "" : `: ${one.because}`}`];
      case "done":
        return [`${one.step.service} ${one.step.result}`];
      case "following":
        return ["following"];
      case "waiting":
        return [];
    }
  });

describe("stop", () => {
  test("stops one service, and says who is impaired by it", async () => {
    const { result, progress } = command("stop", "redis");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual(["stop redis: stopped"]);
    expect((await result).impaired).toEqual(
      ["auth", "backend", "frontend"].map((service) => ({
        service,
        state: "degraded",
        cause: { kind: "dependency", service: "redis", text: "redis, which it depends on, is stopped" },
      })),
    );
    expect(said(progress)).toEqual(["stop redis", "redis stopped"]);
    expect(b.record("redis").state.cause).toEqual({ kind: "operator", text: 'stopped by "phasegate stop"' });
    await b.clock.advance(600_000);
    expect(b.engine.calls).toEqual(["stop redis"]);
  });

  test("without a name stops all in the reverse of the order of the start, and a phase's services together", async () => {
    const stopping: string[] = [];
    b.engine.onStop = async (id) => {
      stopping.push(id);
      await b.clock.sleep(id === "postgres" ? 3000 : 1000);
      b.engine.change(id, { running: false, exitCode: 143, finishedMs: b.clock.now() });
    };
    const { result } = command("stop");
    await b.clock.advance(1500);
    // backend needs auth, so they are not stopped together.
    expect(stopping).toEqual(["frontend", "backend"]);
    await b.clock.advance(1000);
    expect(stopping).toEqual(["frontend", "backend", "auth"]);
    await b.clock.advance(5000);
    expect(stopping).toEqual(["frontend", "backend", "auth", "redis", "postgres"]);
    expect(lines(await result)).toEqual(
      ["frontend", "backend", "auth", "redis", "postgres"].map((service) => `stop ${service}: stopped`),
    );
    expect((await result).impaired).toEqual([]);
  });

  test("of what is stopped does nothing", async () => {
    command("stop", "redis");
    await b.clock.advance(1000);
    const { result, progress } = command("stop", "redis");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual(["stop redis: stopped already"]);
    expect(said(progress)).toEqual(["redis stopped"]);
  });

  test("says why the engine did not do it, and stops the others all the same", async () => {
    b.engine.onStop = (id) => {
      if (id === "backend") throw new Error("permission denied");
      b.engine.change(id, { running: false, exitCode: 143 });
    };
    const { result } = command("stop", "backend", "redis");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual(["stop backend: failed (permission denied)", "stop redis: stopped"]);
  });

  test("ends where somebody starts it again meanwhile", async () => {
    b.engine.onStop = () => {
      b.engine.byHand.stop("redis");
      b.engine.byHand.start("redis");
    };
    const { result } = command("stop", "redis");
    await b.clock.advance(5000);
    expect((await result).steps[0]?.result).toBe("failed");
  });
});

describe("restart", () => {
  test("waits for what follows, by the policies of the edges, and lists its steps", async () => {
    const { result, progress } = command("restart", "redis");
    await b.clock.advance(20_000);
    expect(lines(await result)).toEqual([
      "restart redis: ready",
      "restart auth because of redis: ready",
      "restart backend because of auth: ready",
      "revalidate frontend because of backend: ready",
    ]);
    expect((await result).impaired).toEqual([]);
    expect(said(progress)).toEqual([
      ...["restart redis", "redis ready"],
      ...["restart auth: redis, which it needs, runs again", "following", "auth ready"],
      ...["restart backend: auth, which it needs, runs again", "backend ready"],
      ...["revalidate frontend: backend, which it needs, runs again", "frontend ready"],
    ]);
    expect(b.engine.calls).toEqual([
      ...["stop redis", "start redis", "stop auth", "start auth", "stop backend", "start backend"],
    ]);
    expect(b.transitions.filter(({ incident }) => incident !== undefined)).toEqual([]);
  });

  test("of all restarts each once, in order", async () => {
    const { result } = command("restart");
    await b.clock.advance(60_000);
    const starts = b.engine.calls.filter((call) => call.startsWith("start "));
    expect(starts).toEqual(["postgres", "redis", "auth", "backend", "frontend"].map((one) => `start ${one}`));
    expect(lines(await result).filter((line) => line.includes("because"))).toEqual([]);
    expect((await result).steps.map(({ result: one }) => one)).toEqual(Array(5).fill("ready"));
  });

  test("of two with another between them lets that one follow in its turn", async () => {
    const { result } = command("restart", "redis", "frontend");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual([
      "restart redis: ready",
      "restart frontend: ready",
      "restart auth because of redis: ready",
      "restart backend because of auth: ready",
    ]);
    expect(b.engine.calls.filter((call) => call.startsWith("start "))).toEqual([
      ...["start redis", "start auth", "start backend", "start frontend"],
    ]);
  });

  test("that fails begins nothing that comes after it", async () => {
    b.scripts[1] = () => failed("connection refused");
    const { result, progress } = command("restart");
    await b.clock.advance(3_600_000);
    const { steps } = await result;
    expect(Object.fromEntries(steps.map(({ service, result: one }) => [service, one]))).toEqual({
      ...{ postgres: "ready", redis: "failed" },
      ...{ auth: "not attempted", backend: "not attempted", frontend: "not attempted" },
    });
    expect(steps.find(({ service }) => service === "auth")?.cause).toBe(
      "redis, which comes before it, is not ready",
    );
    expect(b.record("redis").state.name).toBe("givenUp");
    const waiting = progress.flatMap((one) => (one.kind === "waiting" ? [one.text] : []));
    expect(waiting).toContain(
      "0/1 ready · redis 0 of 1, 30s of 60s: answers: connection refused (34 attempts)",
    );
  });

  test("of what needs a stopped service is not attempted", async () => {
    command("stop", "redis");
    await b.clock.advance(1000);
    const { result } = command("restart", "backend");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual([
      "restart backend: not attempted (redis, which it depends on, is stopped)",
    ]);
    // That frontend is degraded is not because of this.
    expect((await result).impaired).toEqual([]);
  });

  test("of what is impaired by a service that fails meanwhile waits for both", async () => {
    const worksFromMs = b.clock.now() + 8000;
    b.scripts[2] = () => (b.clock.now() >= worksFromMs ? passed : failed());
    const { result } = command("restart", "auth");
    await b.clock.advance(4000);
    b.engine.crash("redis");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual([
      "restart auth: ready",
      "restart backend because of auth: ready",
      "revalidate frontend because of backend: ready",
    ]);
    expect(b.engine.calls.filter((call) => call === "start auth")).toHaveLength(2);
  });

  test("goes on when the client goes, and begins nothing else", async () => {
    b.engine.onStart = async (id) => {
      await b.clock.sleep(5000);
      b.engine.change(id, { running: true, startedMs: b.clock.now() });
    };
    const { leave } = command("restart", "postgres", "auth");
    await b.clock.advance(2000);
    leave();
    await b.clock.advance(60_000);
    expect(b.engine.calls).toEqual(["stop postgres", "start postgres"]);
    expect(new Set(Object.values(states()))).toEqual(new Set(["ready"]));
  });

  test("of a job runs it again; of all leaves it alone where it has done its work", async () => {
    b.engine.add("migrate");
    b.apply("migrate", { job: true, probes: { done: probeOn(5) } }, { startIndex: 5, phase: "application" });
    b.engine.happen("migrate", "die", { running: false, exitCode: 0, finishedMs: b.clock.now() });
    await b.clock.advance(1000);
    expect(b.record("migrate").state.name).toBe("ready");
    const all = command("restart");
    await b.clock.advance(60_000);
    expect((await all.result).steps.map(({ service }) => service)).not.toContain("migrate");
    b.engine.onStart = (id) => {
      b.engine.change(id, { running: false, startedMs: b.clock.now(), exitCode: 0 });
      b.engine.tell(id, "die");
    };
    const named = command("restart", "migrate");
    await b.clock.advance(1000);
    expect(lines(await named.result)).toEqual(["restart migrate: ready"]);
  });
});

describe("start", () => {
  test("after a stop of all starts each once, in order", async () => {
    command("stop");
    await b.clock.advance(20_000);
    expect(new Set(Object.values(states()))).toEqual(new Set(["stopped"]));
    b.engine.calls.length = 0;
    const { result } = command("start");
    await b.clock.advance(60_000);
    expect(b.engine.calls).toEqual([
      ...["start postgres", "start redis", "start auth", "start backend", "start frontend"],
    ]);
    expect(lines(await result)).toEqual(
      ["postgres", "redis", "auth", "backend", "frontend"].map((service) => `start ${service}: ready`),
    );
  });

  test("waits for a job of an earlier phase that is run again because of it", async () => {
    b.engine.add("migrate", { running: false, exitCode: 0, finishedMs: b.clock.now() });
    const job = { job: true, probes: { done: probeOn(5) } };
    b.apply("migrate", job, { startIndex: 1, phase: "infrastructure", needs: { postgres: "restart" } });
    await b.clock.advance(1000);
    expect(b.record("migrate").state.name).toBe("ready");
    const stop = command("stop");
    await b.clock.advance(20_000);
    expect((await stop.result).steps.map(({ service }) => service)).not.toContain("migrate");
    b.engine.calls.length = 0;
    b.engine.onStart = async (id) => {
      b.engine.happen(id, "start", { running: true, startedMs: b.clock.now() });
      if (id !== "migrate") return;
      await b.clock.sleep(5000);
      b.engine.crash("migrate", 0);
    };
    b.scripts[5] = () => (b.engine.container("migrate")?.running ? failed("running") : passed);
    const { result } = command("start");
    await b.clock.advance(2000);
    expect(b.engine.calls).toEqual(["start postgres", "start redis", "start migrate"]);
    await b.clock.advance(60_000);
    expect(b.engine.calls.slice(3)).toEqual(["start auth", "start backend", "start frontend"]);
    expect(lines(await result)).toContain("restart migrate because of postgres: ready");
  });

  test("of a stopped service is followed by what depends on it", async () => {
    command("stop", "redis");
    await b.clock.advance(1000);
    const { result } = command("start", "redis");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual([
      "start redis: ready",
      "restart auth because of redis: ready",
      "restart backend because of auth: ready",
      "revalidate frontend because of backend: ready",
    ]);
  });

  test("of all waits for those that are up and follow what was started", async () => {
    command("stop", "redis");
    await b.clock.advance(1000);
    const { result, progress } = command("start");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual([
      "start postgres: ready already",
      "start redis: ready",
      "restart auth because of redis: ready",
      "restart backend because of auth: ready",
      "revalidate frontend because of backend: ready",
    ]);
    expect(said(progress).slice(0, 5)).toEqual([
      ...["start redis", "postgres ready", "redis ready"],
      ...["restart auth: redis, which it needs, runs again", "auth ready"],
    ]);
  });

  test("of what is degraded for a reason of its own says so, and does nothing", async () => {
    b.scripts[0] = () => failed("p95 is 30ms", "slow");
    await b.clock.advance(60_000);
    expect(b.record("postgres").state.name).toBe("degraded");
    const { result } = command("start", "postgres");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual(["start postgres: degraded already (answers: p95 is 30ms)"]);
  });

  test("of what is ready does nothing", async () => {
    const { result } = command("start");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual(
      ["postgres", "redis", "auth", "backend", "frontend"].map((one) => `start ${one}: ready already`),
    );
    expect(b.engine.calls).toEqual([]);
  });

  test("of what was given up counts its restarts from the beginning", async () => {
    b.scripts[0] = () => failed();
    await b.clock.advance(3_600_000);
    expect(b.record("postgres").state.name).toBe("givenUp");
    b.scripts[0] = () => passed;
    const { result } = command("start", "postgres");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual(["start postgres: ready"]);
    expect(b.record("postgres").restartsMs).toEqual([]);
  });

  test("of what somebody removed says what creates it", async () => {
    b.engine.remove("postgres");
    await b.clock.advance(1000);
    const { result } = command("start", "postgres");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual([
      'start postgres: not attempted (its container is gone: "pulumi up --stack dev" creates it again)',
    ]);
  });
});

test("a name that no service has is said with those that there are", async () => {
  await expect(command("stop", "redsi", "nobody", "auth").result).rejects.toMatchObject({
    code: "PHASEGATE_SERVICE_UNKNOWN",
    message:
      "the coordinator does not know redsi (did you mean redis?) and nobody. Its services are auth, backend, frontend, postgres, redis.",
  });
  expect(b.engine.calls).toEqual([]);
});

describe("while the stack is held", () => {
  beforeEach(() => b.call("hold", { forMs: 600_000 }));

  test("a command does what it says, and nothing follows before the end of the hold", async () => {
    const { result } = command("restart", "redis");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual(["restart redis: ready"]);
    expect(await result).toMatchObject({
      impaired: [
        { service: "auth", state: "degraded", cause: { text: "redis, which it needs, runs again" } },
        { service: "backend", state: "degraded" },
        { service: "frontend", state: "degraded" },
      ],
      held: { untilMs: b.clock.now() - 60_000 + 600_000 },
    });
    expect(b.engine.calls).toEqual(["stop redis", "start redis"]);
    await b.call("release", {});
    await b.clock.advance(60_000);
    expect(b.engine.calls.filter((call) => call.startsWith("start "))).toEqual([
      ...["start redis", "start auth", "start backend"],
    ]);
    expect(new Set(Object.values(states()))).toEqual(new Set(["ready"]));
  });

  test("what comes after a service that is to follow is not attempted", async () => {
    const { result } = command("restart", "redis", "frontend");
    await b.clock.advance(60_000);
    expect(lines(await result)).toEqual([
      "restart redis: ready",
      "restart frontend: not attempted (redis, which it needs, runs again; nothing is done about it before the hold ends)",
    ]);
  });

  test("what crashes as soon as a command has started it has failed", async () => {
    b.engine.onStart = (id) => {
      b.engine.change(id, { running: false, startedMs: b.clock.now(), exitCode: 3 });
      b.engine.tell(id, "die");
    };
    const { result } = command("restart", "postgres");
    await b.clock.advance(1000);
    expect(lines(await result)).toEqual([
      "restart postgres: failed (exited with code 3; it is started again when the hold ends)",
    ]);
  });
});
