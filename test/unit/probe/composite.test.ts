import { describe, expect, test } from "vitest";
import { all, any, not } from "../../../lib/model/composites.ts";
import type { DeclaredProbe, Probe } from "../../../lib/model/probe.ts";
import { isComposite } from "../../../lib/model/probe.ts";
import { get, sql, tcp } from "../../../lib/model/probes.ts";
import { resolveProbe } from "../../../lib/model/resolve-probe.ts";
import { compositeOutcome } from "../../../lib/probe/composite.ts";
import type { Outcome } from "../../../lib/probe/outcome.ts";
import { runProbe } from "../../../lib/probe/run-probe.ts";
import { systemClock } from "../../../lib/core/clock.ts";
import { containerView } from "../../support/container-view.ts";
import { failed, passed, unknown } from "../../support/outcomes.ts";

const refused = failed("connection refused");
const hopeless = failed("no such account", "authentication", true);
const late = failed("no answer within 5s", "timeout");

/** The outcome of a composite of TCP probes whose outcomes are given by port. */
async function outcomeOf(
  declared: DeclaredProbe,
  outcomes: Readonly<Record<number, Outcome>>,
): Promise<Outcome> {
  const run = async (part: Probe): Promise<Outcome> => {
    if (isComposite(part)) return compositeOutcome(part, run, { now: () => 0 });
    return ("port" in part ? outcomes[part.port ?? 0] : undefined) ?? passed;
  };
  return run(resolveProbe(declared));
}

async function reported(...args: Parameters<typeof outcomeOf>): Promise<string> {
  const outcome = await outcomeOf(...args);
  if (outcome.status === "passed") return "passed";
  const { code, permanent, text } = outcome.cause;
  return `${outcome.status}, ${code}${permanent ? ", permanent" : ""}: ${text}`;
}

describe("all", () => {
  const both = all([tcp(1), tcp(2)]);

  test("passes when every part does", async () => {
    expect(await reported(both, {})).toBe("passed");
  });

  test("has the cause of the one part that failed, with the part's name", async () => {
    expect(await reported(both, { 2: refused })).toBe(
      "failed, refused: 1 of 2 parts did not pass: TCP port 2: connection refused",
    );
    expect(await reported(both, { 1: hopeless })).toBe(
      "failed, authentication, permanent: 1 of 2 parts did not pass: TCP port 1: no such account",
    );
  });

  test("names every part that failed, and is permanent if one of them is", async () => {
    expect(await reported(both, { 1: refused, 2: hopeless })).toBe(
      "failed, parts, permanent: 2 of 2 parts did not pass: TCP port 1: connection refused; TCP port 2: no such account",
    );
  });

  test("is unknown when no part failed and one could not be run", async () => {
    expect(await reported(both, { 2: unknown })).toBe(
      "unknown, prober: TCP port 2: the prober could not run",
    );
  });

  test("fails by a part that failed, whatever else could not be run", async () => {
    expect(await reported(both, { 1: refused, 2: unknown })).toBe(
      "failed, refused: 1 of 2 parts did not pass: TCP port 1: connection refused",
    );
  });

  test("passes on what a part has measured", async () => {
    const measured = { p95Ms: 3, samples: 5 };
    const slow = failed("too slow", "slow");
    expect(await outcomeOf(both, { 2: { ...slow, status: "failed", measured } as Outcome })).toMatchObject({
      status: "failed",
      measured,
    });
    expect(await outcomeOf(both, { 2: { ...passed, status: "passed", measured } })).toMatchObject({
      measured,
    });
  });
});

describe("any", () => {
  const either = any([tcp(1), tcp(2)]);

  test("passes when one part does", async () => {
    expect(await reported(either, { 1: refused })).toBe("passed");
    expect(await reported(either, { 1: unknown })).toBe("passed");
  });

  test("fails when no part passes, and is permanent only if all are", async () => {
    expect(await reported(either, { 1: refused, 2: hopeless })).toBe(
      "failed, parts: none of 2 parts passed: TCP port 1: connection refused; TCP port 2: no such account",
    );
    expect(await reported(either, { 1: hopeless, 2: hopeless })).toMatch(
      /^failed, authentication, permanent: /,
    );
  });

  test("is unknown when a part that might have passed could not be run", async () => {
    expect(await reported(either, { 1: refused, 2: unknown })).toBe(
      "unknown, prober: TCP port 2: the prober could not run",
    );
  });
});

describe("not", () => {
  test("passes when the part fails by an answer", async () => {
    expect(await reported(not(tcp(1)), { 1: refused })).toBe("passed");
    expect(await reported(not(tcp(1)), { 1: hopeless })).toBe("passed");
  });

  test("fails when the part passes", async () => {
    expect(await reported(not(get("/maintenance")), {})).toBe(
      "failed, unwanted: GET /maintenance passes, and must not",
    );
  });

  test("is unknown when the part is, and never passes by it", async () => {
    expect(await reported(not(tcp(1)), { 1: unknown })).toBe("unknown, prober: the prober could not run");
  });

  test("does not pass by silence", async () => {
    expect(await reported(not(tcp(1)), { 1: late })).toBe(
      "failed, timeout: TCP port 1 must not pass, and whether it does cannot be said: no answer within 5s",
    );
  });
});

test("composites are nested, and the cause leads to the part", async () => {
  const nested = all([tcp(1), any([not(tcp(2)), tcp(3)])]);
  expect(await reported(nested, { 3: refused })).toBe(
    "failed, parts: 1 of 2 parts did not pass: any of (not (TCP port 2), TCP port 3): none of 2 parts passed: not (TCP port 2): TCP port 2 passes, and must not; TCP port 3: connection refused",
  );
  expect(await reported(nested, { 2: refused, 3: refused })).toBe("passed");
});

describe("the attempts of the parts", () => {
  const dependencies = {
    clock: systemClock,
    secrets: {},
    loadModule: () => Promise.reject(new Error("no module is asked for")),
  };

  test("are made at the same time, and called off once one of any has passed", async () => {
    const signals: AbortSignal[] = [];
    const run = (part: Probe, signal?: AbortSignal) => {
      if (signal) signals.push(signal);
      if ("port" in part && part.port === 2) return Promise.resolve(passed);
      return new Promise<Outcome>((resolve) => signal?.addEventListener("abort", () => resolve(unknown)));
    };
    const probe = resolveProbe(any([tcp(1), tcp(2), tcp(3)]));
    if (!isComposite(probe)) throw new Error("it is a composite");
    expect(await compositeOutcome(probe, run, systemClock)).toMatchObject({ status: "passed" });
    expect(signals).toHaveLength(3);
  });

  test("end with the whole's timeout, which is a failure of each that has not answered", async () => {
    const container = containerView({ output: () => new Promise(() => {}) });
    const waits = { kind: "log-line", pattern: { source: "ready", flags: "" } } as const;
    const probe = resolveProbe(all([waits, { ...waits, timeout: "9s" }], { timeout: "1s" }));
    const outcome = await runProbe(probe, "shop", undefined, { ...dependencies, container });
    const cause = "the log line /ready/: no answer from the engine within 1s while asking";
    expect(outcome).toMatchObject({ status: "failed", cause: { code: "timeout" } });
    expect(outcome.status === "failed" && outcome.cause.text.split(cause)).toHaveLength(3);
  });

  test("are called off with the whole, which is unknown then", async () => {
    const off = new AbortController();
    const asked = Promise.withResolvers<void>();
    const container = containerView({
      output: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const waits = { kind: "log-line", pattern: { source: "ready", flags: "" } } as const;
    const outcome = runProbe(resolveProbe(not(waits)), "shop", undefined, {
      ...dependencies,
      container,
      signal: off.signal,
    });
    await asked.promise;
    off.abort();
    expect(await outcome).toMatchObject({
      status: "unknown",
      cause: { text: "the attempt was called off while asking the engine for the container's output" },
    });
  });

  test("speak no protocol that the service does not: a defect of the plan, and unknown", async () => {
    const probe = resolveProbe(not(sql("SELECT 1")));
    expect(
      await runProbe(probe, "shop", undefined, { ...dependencies, container: containerView() }),
    ).toMatchObject({
      status: "unknown",
      cause: { text: "a postgres-query probe needs a postgres endpoint, and shop has none" },
    });
  });

  test("have the secrets taken out of their words", async () => {
    const container = containerView({ lines: ["hunter2-hunter2"] });
    const probe = resolveProbe(all([{ kind: "log-line", pattern: { source: "ready", flags: "" } }]));
    const outcome = await runProbe(probe, "shop", undefined, {
      ...dependencies,
      container,
      secrets: { token: "hunter2-hunter2" },
    });
    expect(outcome).toMatchObject({
      cause: { text: expect.stringMatching(/the last of 1 is: \[secret\]$/) as unknown },
    });
  });
});
