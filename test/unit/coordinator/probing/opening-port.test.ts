import { expect, test } from "vitest";
import { serviceProbing } from "../../../../lib/coordinator/probing/service-probing.ts";
import { waitingProbes } from "../../../../lib/coordinator/probing/waiting-probes.ts";
import type { Outcome } from "../../../../lib/probe/outcome.ts";
import { desiredService } from "../../../support/desired.ts";
import { fakeClock, settle } from "../../../support/fake-clock.ts";
import { failed, passed } from "../../../support/outcomes.ts";
import { seededRandom } from "../../../support/seeded-random.ts";

/** A service that starts, whose probe meets these outcomes, the last one for ever. */
function starting(outcomes: readonly Outcome[]) {
  const clock = fakeClock(0);
  const attempts: number[] = [];
  const watched: { resolve(): void; signal: AbortSignal; everyMs: () => number }[] = [];
  const probing = serviceProbing({
    attempt: async () => {
      attempts.push(clock.now());
      return outcomes[attempts.length - 1] ?? outcomes.at(-1) ?? passed;
    },
    report: (_key, _probe, { status }) => ({
      ...{ passing: status === "passed", undecided: false, oftenUntilMs: undefined },
    }),
    startedMs: () => 0,
    likely: () => undefined,
    listening: () => (everyMs, signal) =>
      new Promise((resolve) => {
        watched.push({ resolve, signal, everyMs });
        signal.addEventListener("abort", () => resolve());
      }),
    waiting: waitingProbes(),
    ...{ clock, random: seededRandom(3) },
  });
  const desired = desiredService("web");
  const cadence = { initial: "25ms", steady: "3s", max: "1s", multiplier: 1.05, jitter: 0 } as const;
  const readiness = { ...desired.readiness, cadence };
  probing.set({ mode: "starting", key: "1" }, { ...desired, readiness });
  return { clock, attempts, watched, probing };
}

test("while its port is closed a service is connected to, and seldom asked; it is asked at once when the port opens", async () => {
  const { clock, attempts, watched, probing } = starting([failed(), failed(), passed]);
  await clock.advance(300);
  expect(attempts).toEqual([0, 250]);
  expect(watched.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(watched[1]?.everyMs()).toBe(10);
  watched[1]?.resolve();
  await settle();
  expect(attempts).toEqual([0, 250, 300]);
  probing.close();
});

test("what listens and is not ready yet is asked as closely as ever", async () => {
  const { clock, attempts, watched, probing } = starting([failed(), failed("503", "status")]);
  await clock.advance(10);
  watched[0]?.resolve();
  await clock.advance(100);
  expect(attempts).toEqual([0, 10, 35, 60, 85, 110]);
  probing.close();
});

test("what seems to listen and refuses all the same is not asked without a pause", async () => {
  const { clock, attempts, watched, probing } = starting([failed()]);
  await clock.advance(10);
  watched[0]?.resolve();
  await clock.advance(100);
  expect(attempts).toEqual([0, 10, 35, 60, 85, 110]);
  expect(watched).toHaveLength(1);
  probing.close();
});

test("who stops probing stops connecting", async () => {
  const { clock, watched, probing } = starting([failed()]);
  await clock.advance(10);
  probing.close();
  await settle();
  expect(watched.map(({ signal }) => signal.aborted)).toEqual([true]);
});
