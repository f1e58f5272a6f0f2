import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { staleness } from "../../../../lib/coordinator/staleness.ts";
import { validate } from "../../../../lib/coordinator/validate.ts";
import type { AttemptReport } from "../../../../lib/model/control-answers.ts";
import { gateMarkdown } from "../../../../lib/readiness/gate-markdown.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.close());

describe("expect", () => {
  test("twice the same changes nothing, and the key order of the spec does not matter", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    const first = b.apply("web", { probes: { a: probeOn(1), b: probeOn(2) } });
    await b.clock.advance(250);
    const again = b.apply("web", { probes: { b: probeOn(2), a: probeOn(1) } });
    await b.clock.advance(40);
    expect(again).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(b.attempts[1]?.filter((atMs) => atMs >= 250)).toEqual([]);
  });

  test("another container replaces the earlier one: its verification ends, and who waited for it gets an error", async () => {
    b.engine.add("old");
    b.engine.add("new");
    b.scripts[1] = () => failed();
    const before = b.apply("web", {}, { container: "old" });
    const { verdict } = b.gate("web");
    await b.clock.advance(1000);
    b.scripts[1] = () => passed;
    const after = b.apply("web", {}, { container: "new" });
    await b.clock.advance(5000);
    expect(after).not.toBe(before);
    await expect(verdict).rejects.toMatchObject({
      code: "PHASEGATE_CONTROL_REFUSED",
      message: expect.stringContaining("web was replaced") as unknown,
    });
    expect(b.status("web")).toMatchObject({ container: "stack-new", state: "ready" });
    expect(b.attempts[1]?.filter((atMs) => atMs >= 1000)).toEqual([1000]);
  });
});

describe("prove", () => {
  test("of a service that is not known, or otherwise, is refused", () => {
    expect(() => b.services.entry("web")).toThrow(
      expect.objectContaining({ code: "PHASEGATE_SERVICE_UNKNOWN" }),
    );
    b.engine.add("web");
    b.apply("web");
    expect(() => b.services.entry("web", "0123")).toThrow(
      "the coordinator knows another container or readiness spec of web",
    );
  });

  test("reports what it waits for, not more often than five times a second, and opens when all are ready", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.scripts[2] = (n) => (n > 4 ? passed : failed());
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const { verdict, progress } = b.gate("web", "data");
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({
      opened: true,
      services: [{ service: "web" }, { service: "data", readyMs: 1_001_500 }],
    });
    expect(progress).toEqual([
      "0/2 ready · web not started yet · data not started yet",
      "1/2 ready · data 0 of 1, 0s of 60s: answers: connection refused (2 attempts)",
      "1/2 ready · data 0 of 1, 0s of 60s: answers: connection refused (3 attempts)",
      "1/2 ready · data 0 of 1, 0s of 60s: answers: connection refused (4 attempts)",
      "1/2 ready · data 1 of 1, 1s of 60s",
    ]);
  });

  test("of a service that has failed reports first what it needs and cannot become ready", async () => {
    for (const name of ["migrate", "data", "slow"]) b.engine.add(name);
    const refusal = {
      code: "authentication",
      text: "data does not accept the password",
      permanent: true,
    } as const;
    b.scripts[2] = () => ({ status: "failed", tookMs: 1, cause: refusal });
    b.scripts[3] = () => failed();
    b.apply(
      "migrate",
      { restarts: { maxRetries: 0, backoff: { initial: "1s", multiplier: 2, max: "30s" } } },
      { startIndex: 2 },
    );
    b.apply("data", { probes: { answers: probeOn(2) } }, { startIndex: 0 });
    b.apply("slow", { probes: { answers: probeOn(3) } }, { startIndex: 1 });
    b.scripts[1] = () => failed();
    const { verdict } = b.gate("migrate", "data", "slow");
    await b.clock.advance(2000);
    b.engine.happen("migrate", "die", { running: false, exitCode: 1 });
    await b.clock.advance(1100);
    const answer = await verdict;
    expect(answer).toMatchObject({
      opened: false,
      failures: [
        { service: "data", reason: "permanent", status: { state: "failed" } },
        { service: "migrate", reason: "exited" },
      ],
      services: [{ state: "failed" }, { state: "failed" }, { service: "slow", state: "starting" }],
    });
    expect(!answer.opened && answer.message.split("\n")[0]).toBe(
      "The gate of infrastructure did not open: data cannot become ready, given up after 3.0s of 60s: answers: data does not accept the password (and migrate)",
    );

    // The same command goes on: what was given up is verified again.
    b.scripts[1] = b.scripts[2] = b.scripts[3] = () => passed;
    const again = b.gate("migrate", "data", "slow");
    await b.clock.advance(2000);
    expect(await again.verdict).toMatchObject({ opened: true });
  });

  test("goes on waiting for what cannot become ready while nothing has failed", async () => {
    b.engine.add("data");
    const refusal = {
      code: "authentication",
      text: "data does not accept the password",
      permanent: true,
    } as const;
    b.scripts[1] = (n) => (n > 20 ? passed : { status: "failed", tookMs: 1, cause: refusal });
    b.apply("data");
    const { verdict } = b.gate("data");
    await b.clock.advance(30_000);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("twice at the same time is one verification with two verdicts", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n > 3 ? passed : failed());
    b.apply("web");
    const one = b.gate("web");
    const two = b.gate("web");
    await b.clock.advance(1000);
    expect(await one.verdict).toEqual(await two.verdict);
    expect(b.attempts[1]).toEqual([0, 100, 300, 700]);
  });

  test("whose client goes away stops waiting, and the service goes on being proven", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n > 4 ? passed : failed());
    b.apply("web");
    const { verdict, leave, progress } = b.gate("web");
    await b.clock.advance(500);
    leave();
    const reported = progress.length;
    await b.clock.advance(5000);
    await expect(verdict).rejects.toMatchObject({ message: "the client has gone" });
    expect(progress).toHaveLength(reported);
    expect(b.status("web").state).toBe("ready");
  });

  test("after a client that went away tries again what failed without it", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 59_000 });
    b.scripts[1] = () => failed();
    b.apply("web");
    const { leave } = b.gate("web");
    await b.clock.advance(500);
    leave();
    await b.clock.advance(1000);
    expect(b.status("web").state).toBe("failed");
    b.scripts[1] = () => passed;
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("of what fails together is reported together", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 500 });
    b.engine.add("data");
    b.scripts[1] = () => failed();
    b.apply("web");
    b.apply("data");
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(60_000);
    expect(await verdict).toMatchObject({ failures: [{ service: "web" }, { service: "data" }] });
  });

  test("does not wait for the others once one has failed", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 30_000 });
    b.engine.add("data");
    b.scripts[1] = () => failed();
    b.apply("web");
    b.apply("data");
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(31_000);
    const result = await verdict;
    expect(result).toMatchObject({
      opened: false,
      failures: [{ service: "web" }],
      services: [{ state: "failed" }, { state: "starting" }],
    });
    expect(!result.opened && result.message).toContain("Of the same phase, data is starting.");
  });

  test("of a service whose failure no client has received is answered with that failure; the next one tries again and starts it", async () => {
    b.engine.add("web", { running: false, exitCode: 1 });
    b.engine.onStart = () => {};
    b.apply("web");
    await b.clock.advance(10_000);
    expect(b.status("web")).toMatchObject({ state: "failed", restarts: 2 });

    const first = b.gate("web");
    await b.clock.advance(0);
    expect(await first.verdict).toMatchObject({ opened: false, failures: [{ reason: "exited" }] });

    b.engine.onStart = (id) => b.engine.happen(id, "start", { running: true, startedMs: b.clock.now() });
    const second = b.gate("web");
    await b.clock.advance(0);
    expect(await second.verdict).toMatchObject({ opened: true, services: [{ restarts: 0 }] });
    expect(b.engine.calls).toEqual(["start web", "start web", "start web"]);
  });

  test("asks a service again that was ready long before the slowest one, and does not open while it fails", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.scripts[1] = (n) => (n === 1 || n > 4 ? passed : failed());
    b.scripts[2] = (n) => (n > 8 ? passed : failed());
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const { verdict, progress } = b.gate("web", "data");
    await b.clock.advance(10_000);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.attempts[1]).toEqual([0, 5500, 5500, 5600, 5800]);
    expect(progress).toContain("1/2 ready · web 0 of 1, 5s of 60s: first: connection refused (2 attempts)");
  });

  test("fails when a service that was ready does not pass any more until its deadline", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.scripts[1] = (n) => (n === 1 ? passed : failed());
    b.scripts[2] = (n) => (n > 8 ? passed : failed());
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(61_000);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web", reason: "deadline", usedMs: 60_000 }],
    });
  });

  test("proven again for another service's sake asks all of the phase, and not only for their containers", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const first = b.gate("web", "data");
    await b.clock.advance(1000);
    await first.verdict;
    await b.clock.advance(3_600_000);
    b.scripts[1] = (n) => (n > 2 ? passed : failed());
    b.engine.add("data2");
    b.apply("data", { probes: { answers: probeOn(2) } }, { container: "data2" });
    const second = b.gate("web", "data");
    await b.clock.advance(1000);
    expect(await second.verdict).toMatchObject({ opened: true });
    expect(b.attempts[1]).toEqual([0, 3_601_000, 3_601_000]);
  });

  test("of a service that failed in its last restart begins a whole budget, not what is left of that run's", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    const first = b.gate("web");
    await b.clock.advance(50_000);
    b.engine.happen("web", "die", { running: false, exitCode: 1 });
    await b.clock.advance(20_000);
    expect(await first.verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
    const second = b.gate("web");
    await b.clock.advance(59_999);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(1);
    expect(await second.verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
    expect(b.engine.calls).toEqual(["start web"]);
  });

  test("of a service that failed long ago tries again at once, with a whole budget", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(60_000 + 61_000);
    expect(b.status("web").state).toBe("failed");
    const { verdict } = b.gate("web");
    await b.clock.advance(59_999);
    expect(b.status("web").state).toBe("starting");
    b.scripts[1] = () => passed;
    await b.clock.advance(1);
    expect(b.engine.calls).toEqual([]);
    await b.clock.advance(1000);
    expect(await verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
  });

  test("after the secrets have changed does not answer with a failure from before", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed("password authentication failed", "authentication", true);
    b.apply("web", {}, { secrets: { password: "old-one" } });
    await b.clock.advance(60_000);
    expect(b.status("web").state).toBe("failed");
    b.scripts[1] = () => passed;
    b.apply("web", {}, { secrets: { password: "new-one" } });
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("of a service whose container ended since it was ready starts it", async () => {
    b.engine.add("web");
    b.apply("web");
    await b.clock.advance(0);
    b.engine.happen("web", "die", { running: false, exitCode: 137 });
    await b.clock.advance(5000);
    expect(b.status("web").state).toBe("stopped");
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.engine.calls).toEqual(["start web"]);
  });
});

test("a service that is in its phase no more is forgotten", async () => {
  b.engine.add("web");
  b.engine.add("old");
  b.apply("web");
  b.apply("old");
  await b.clock.advance(0);
  b.services.keepOnly("another phase", []);
  expect(b.services.statuses().map(({ service }) => service)).toEqual(["web", "old"]);
  b.services.keepOnly("infrastructure", ["web"]);
  expect(b.services.statuses().map(({ service }) => service)).toEqual(["web"]);
  expect(b.services.find("old")).toBeUndefined();
});

describe("staleness", () => {
  const staleReasonOf = async (specHash: string, service = "web") => {
    const result = staleness(b.services, { services: { [service]: specHash } });
    await b.clock.advance(0);
    return (await result).reason;
  };

  test("names, in words, whatever is not as it was when it was ready", async () => {
    b.engine.add("web");
    const specHash = b.apply("web");
    expect(await staleReasonOf(specHash, "redis")).toEqual({
      kind: "unknown",
      text: "the coordinator does not know redis",
    });
    expect(await staleReasonOf("0123")).toEqual({
      kind: "unknown",
      text: "the coordinator knows another container or readiness spec of web",
    });
    await b.clock.advance(0);
    expect(await staleReasonOf(specHash)).toBeUndefined();
    b.engine.silence = new Error("no answer");
    expect(await staleReasonOf(specHash)).toEqual({
      kind: "unknown",
      text: "the container engine does not answer about web",
    });
    b.engine.silence = undefined;
    // Changed behind the coordinator's back: no event reports it.
    b.engine.change("web", { startedMs: 1_000_500 });
    expect(await staleReasonOf(specHash)).toEqual({
      kind: "restarted",
      text: "web was started again since it was ready",
    });
  });

  test("a job stands when it has ended", async () => {
    b.engine.add("migrate", { running: false });
    const specHash = b.apply("migrate", {
      job: true,
      probes: {
        completed: { kind: "completed", exitCode: 0, timeout: "5s", level: "basic", mutates: false },
      },
    });
    await b.clock.advance(0);
    expect(await staleReasonOf(specHash, "migrate")).toBeUndefined();
  });

  test("a service that is still starting does not stand", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    const specHash = b.apply("web");
    await b.clock.advance(0);
    expect(await staleReasonOf(specHash)).toEqual({ kind: "unproven", text: "web is starting" });
  });
});

describe("validate", () => {
  test("asks each probe of the level once, all at the same time, and reports each as it ends", async () => {
    b.engine.add("web");
    b.apply("web", { probes: { a: probeOn(1), b: probeOn(2), c: probeOn(3, { level: "comprehensive" }) } });
    await b.clock.advance(0);
    b.scripts[1] = async () => (await b.clock.sleep(100), passed);
    b.scripts[2] = () => failed("the answer was 503", "status");
    b.scripts[3] = () => unknown;
    const reports: AttemptReport[] = [];
    const run = (level?: "comprehensive") =>
      validate(
        b.services,
        { service: "web", level },
        (report) => reports.push(report),
        new AbortController().signal,
      );
    const result = run("comprehensive");
    await b.clock.advance(100);
    expect(await result).toMatchObject({
      service: "web",
      level: "comprehensive",
      passed: false,
      attempts: [{ probe: "a", status: "passed" }, { probe: "b" }, { probe: "c" }],
    });
    expect(reports.map(({ probe, status, cause }) => [probe, status, cause])).toEqual([
      ["b", "failed", "the answer was 503"],
      ["c", "unknown", "the prober could not run"],
      ["a", "passed", undefined],
    ]);
    b.scripts[2] = () => passed;
    const own = run();
    await b.clock.advance(100);
    expect(await own).toMatchObject({ level: "basic", passed: true });
  });
});

describe("secrets", () => {
  test("of any service are blacked out in causes, logs and errors, also percent-encoded and line by line, and never logged", async () => {
    const key = "-----BEGIN KEY-----\nMIIBVgIBADANBgkq\n-----END KEY-----";
    b.engine.add("web");
    b.engine.add("data");
    b.apply("data", {}, { secrets: { other: "p@ss/word", key } });
    b.engine.lines = [
      "DATABASE_URL=postgres://u:p%40ss%2Fword@data",
      "key is MIIBVgIBADANBgkq",
      "token tok-12345",
    ];
    b.scripts[2] = () => failed('the answer was {"password":"p@ss/word"}', "body");
    b.engine.onStart = () => {
      throw new Error("bad mount tok-12345");
    };
    b.apply("web", { probes: { answers: probeOn(2) } }, { secrets: { token: "tok-12345" } });
    const { verdict, progress } = b.gate("web");
    await b.clock.advance(0);
    b.engine.happen("web", "die", { running: false, exitCode: 1 });
    await b.clock.advance(10_000);
    const all = JSON.stringify([await verdict, progress, b.log, b.services.statuses()]);
    for (const secret of ["p@ss/word", "p%40ss%2Fword", "MIIBVgIBADANBgkq", "tok-12345"])
      expect(all).not.toContain(secret);
    expect(all).toContain("bad mount [secret]");
    expect(all).toContain("postgres://u:[secret]@data");
  });

  test("are blacked out also where they are coloured, or encoded in any way, and where they are part of a name", async () => {
    b.engine.add("web");
    const hex = Buffer.from("tok-12345").toString("hex");
    b.engine.lines = [
      "tok-\u001b[31m12345\u001b[0m",
      `Basic ${btoa("me:tok-12345")}`,
      "tok%2d12345",
      hex,
      "shop",
    ];
    b.scripts[1] = () => failed();
    b.apply("web", {}, { secrets: { token: "tok-12345", short: "hop" } });
    const { verdict } = b.gate("web");
    await b.clock.advance(60_000);
    expect(await verdict).toMatchObject({
      failures: [{ logs: ["[secret]", "Basic [secret]", "[secret]", "[secret]", "s[secret]"] }],
    });
  });
});

test("what a container, a server or the engine writes reaches people without what a terminal or Markdown obeys", async () => {
  const nasty = "\u001b[2J\u001b]0;title\u0007a\rb\u0085c\u202ed\ufeff";
  const shown = String.raw`a\rb\x85c\u202ed[BOM]`;
  b.engine.add("web");
  b.engine.add("data");
  b.engine.lines = [`\tat ${nasty}`];
  b.scripts[1] = () => failed(nasty, "body");
  b.engine.onStart = () => {
    throw new Error(`bad mount ${nasty}`);
  };
  b.apply("web");
  b.apply("data", { probes: { answers: probeOn(2) } });
  b.scripts[2] = () => failed();
  const { verdict, progress } = b.gate("web", "data");
  await b.clock.advance(5000);
  b.engine.happen("data", "die", { running: false, exitCode: 1, startError: nasty });
  await b.clock.advance(60_000);

  const failure = await verdict;
  if (failure.opened) throw new Error("the gate has opened");
  expect(failure.failures[0]?.logs).toEqual([`\tat ${shown}`]);
  const report = { ...failure, phase: "infrastructure", atMs: 0, openedMs: undefined };
  const texts = [
    failure.message,
    gateMarkdown({ declaration: "shop", stack: "dev" }, report),
    ...progress,
    ...b.log,
  ];
  for (const text of texts) expect(text.replaceAll(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(failure.message).toContain(`bad mount ${shown}`);
});
