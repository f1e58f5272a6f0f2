import { describe, expect, test } from "vitest";
import { PhasegateError } from "../../../../lib/core/errors.ts";
import { listening } from "../../../../lib/coordinator/containers/unended-lines.ts";
import { logLine } from "../../../../lib/model/probes.ts";
import { resolveProbe } from "../../../../lib/model/resolve-probe.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { fakeClock, settle } from "../../../support/fake-clock.ts";
import { fakeEngine } from "../../../support/fake-engine.ts";
import { failed } from "../../../support/outcomes.ts";

function listened() {
  const clock = fakeClock();
  const engine = fakeEngine(clock.now);
  const ears = listening(engine, { clock, random: () => 0, log: () => undefined });
  ears.listen("web");
  const lines = async () => (await ears.engine.outputSince("web", 0, AbortSignal.any([]))).lines;
  return { clock, engine, ears, lines };
}

describe("the line that has no end yet", () => {
  test("is the last of the output, and of the last lines, until it ends: then it is in the log", async () => {
    const { engine, ears, lines } = listened();
    engine.lines = ["one"];
    engine.write("web", "one\nrea");
    engine.write("web", "\u001b[32mdy> \u001b[0m");
    expect(await lines()).toEqual(["one", "ready> "]);
    expect(await ears.engine.logs("web", 1)).toEqual(["ready> "]);
    engine.lines = ["one", "ready> exit"];
    engine.write("web", "exit\n");
    expect(await lines()).toEqual(["one", "ready> exit"]);
  });

  test("is not there when it is longer than the engine keeps back", async () => {
    const { engine, lines } = listened();
    for (let n = 0; n < 40; n++) engine.write("web", "x".repeat(1000));
    expect(await lines()).toEqual([]);
    engine.write("web", "\nready");
    expect(await lines()).toEqual(["ready"]);
  });

  test("is forgotten when the run has ended, and the next run is listened to at once", async () => {
    const { clock, engine, lines } = listened();
    engine.write("web", "ready");
    await clock.advance(5000);
    engine.endOutput("web");
    await settle();
    expect(await lines()).toEqual([]);
    expect(engine.attached()).toEqual(["web"]);
  });

  test("is tried for again, and not all the time, where the engine does not answer", async () => {
    const { clock, engine } = listened();
    for (let n = 0; n < 3; n++) engine.endOutput("web");
    await settle();
    expect(engine.attached()).toEqual([]);
    await clock.advance(100);
    expect(engine.attached()).toEqual(["web"]);
  });

  test("is not of the containers that are forgotten", async () => {
    const { engine, ears, lines } = listened();
    engine.write("web", "ready");
    ears.forget("web");
    await settle();
    expect(engine.attached()).toEqual([]);
    expect(await lines()).toEqual([]);
  });
});

describe("a container that is listened to", () => {
  const starts = ({ calls }: { readonly calls: readonly string[] }) =>
    calls.filter((call) => call === "start web").length;

  function attaching() {
    const clock = fakeClock();
    const engine = fakeEngine(clock.now);
    engine.add("web", { running: false, startedMs: undefined });
    const { promise, resolve } = Promise.withResolvers<void>();
    engine.attaching = promise;
    const ears = listening(engine, { clock, random: () => 0, log: () => undefined });
    ears.listen("web");
    return { clock, engine, ears, attach: resolve };
  }

  test("is started when nothing that it writes is missed", async () => {
    const { clock, engine, ears, attach } = attaching();
    const started = ears.engine.start("web");
    await clock.advance(1000);
    expect(starts(engine)).toBe(0);
    attach();
    await started;
    expect(starts(engine)).toBe(1);
  });

  test("is tried for at once when it is started, after runs that ended soon", async () => {
    const { engine, ears, attach } = attaching();
    attach();
    await settle();
    for (let n = 0; n < 5; n++) {
      engine.endOutput("web");
      await settle();
      expect(engine.attached()).toEqual([]);
      await ears.engine.start("web");
      expect(engine.attached()).toEqual(["web"]);
    }
  });

  test("is started at once where the engine refuses to attach, though it refuses each time", async () => {
    const clock = fakeClock();
    const engine = fakeEngine(clock.now);
    engine.add("web", { running: false, startedMs: undefined });
    engine.attaching = Promise.reject(new PhasegateError("PHASEGATE_ENGINE_REFUSED", "it is not running"));
    const ears = listening(engine, { clock, random: () => 0, log: () => undefined });
    ears.listen("web");
    await settle();
    await ears.engine.start("web");
    await ears.engine.start("web");
    expect(starts(engine)).toBe(2);
    ears.close();
  });

  test("is started within 5 s where the engine does not attach, and at once where it is forgotten", async () => {
    const { clock, engine, ears } = attaching();
    const started = ears.engine.start("web");
    await clock.advance(4999);
    expect(starts(engine)).toBe(0);
    await clock.advance(1);
    await started;
    expect(starts(engine)).toBe(1);
    const next = ears.engine.start("web");
    await settle();
    ears.forget("web");
    await next;
    expect(starts(engine)).toBe(2);
  });
});

test("a container is listened to from its creation until nobody reads its log any more", async () => {
  const b = bench();
  await settle();
  b.engine.add("web");
  b.engine.add("prompt");
  b.engine.tell("web", "create", { "phasegate.service": "web" });
  b.engine.tell("prober", "create", {});
  await settle();
  expect(b.engine.attached()).toEqual(["web"]);
  const prompt = { ready: resolveProbe(logLine(/ready>/, { level: "basic" })) };
  b.apply("web", { probes: { answers: probeOn(1) } });
  b.apply("prompt", { probes: prompt });
  await b.clock.advance(1000);
  expect(b.status("web").state).toBe("ready");
  expect(b.engine.attached()).toEqual(["prompt"]);
  b.engine.remove("prompt");
  await settle();
  expect(b.engine.attached()).toEqual([]);
  b.close();
});

test("the report of a gate shows what waits for an answer", async () => {
  const b = bench();
  b.engine.add("web");
  b.engine.lines = ["one"];
  b.scripts[1] = () => failed();
  b.apply("web");
  const { verdict } = b.gate("web");
  await settle();
  b.engine.write("web", "Password: ");
  await b.clock.advance(60_000);
  expect(await verdict).toMatchObject({ failures: [{ logs: ["one", "Password: "] }] });
  b.close();
});
