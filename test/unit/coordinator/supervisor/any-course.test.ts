import fc from "fast-check";
import { expect, test } from "vitest";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

const outcomes = { passed, failed: failed(), unknown };

/** What can happen while a service is being proven, each at some time after the one before. */
const happening = fc.record({
  afterMs: fc.integer({ min: 0, max: 8_000 }),
  what: fc.constantFrom(
    "dies",
    "ends well",
    "starts",
    "restarts",
    "is removed",
    "engine ends",
    "engine falls silent",
    "engine answers",
    "prove",
    "expect",
  ),
});
const course = fc.record({
  outcomes: fc.array(fc.constantFrom("passed", "failed", "unknown"), { minLength: 1, maxLength: 12 }),
  threshold: fc.integer({ min: 1, max: 3 }),
  job: fc.boolean(),
  happenings: fc.array(happening, { maxLength: 12 }),
});

test("whatever happens, a verification ends by its deadline, makes no illegal move, and leaves nothing running", async () => {
  await fc.assert(
    fc.asyncProperty(course, async ({ outcomes: names, threshold, job, happenings }) => {
      const b = bench();
      b.engine.add("web");
      b.scripts[1] = (n) => outcomes[names[n % names.length] ?? "failed"];
      const wanted = { job, successThreshold: threshold, probes: { first: probeOn(1), second: probeOn(2) } };
      b.apply("web", wanted);
      const verdicts: Promise<unknown>[] = [];
      let removed = false;
      for (const { afterMs, what } of happenings) {
        await b.clock.advance(afterMs);
        if (what === "prove") verdicts.push(b.gate("web").verdict.catch(() => "refused"));
        else if (what === "expect") b.apply("web", wanted);
        else if (what === "engine ends") b.engine.endEvents();
        else if (what === "engine falls silent") b.engine.silence = new Error("no answer");
        else if (what === "engine answers") b.engine.silence = undefined;
        else if (!removed && what === "is removed") {
          removed = true;
          b.engine.onStart = () => {
            throw new Error("no such container");
          };
          b.engine.remove("web");
        } else if (!removed && what === "dies")
          b.engine.happen("web", "die", { running: false, exitCode: 1 });
        else if (!removed && what === "ends well")
          b.engine.happen("web", "die", { running: false, exitCode: 0 });
        else if (!removed) b.engine.happen("web", "start", { running: true, startedMs: b.clock.now() });
        expect(b.status("web").restarts).toBeLessThanOrEqual(2);
      }
      b.engine.silence = undefined;
      // The longest possible: a silent engine's patience, and a whole budget again for every event that began a new verification.
      await b.clock.advance(200_000);
      expect(["ready", "failed", "stopped"]).toContain(b.status("web").state);
      expect(b.log.filter((line) => line.startsWith("defect"))).toEqual([]);

      const made = b.attempts[1]?.length ?? 0;
      await b.clock.advance(10_000);
      expect(b.attempts[1]?.length ?? 0).toBe(made);
      await Promise.all(verdicts);
      b.close();
      await b.clock.advance(0);
      expect(b.clock.sleeping()).toBe(0);
    }),
    { numRuns: 150, seed: 20 },
  );
}, 30_000);
