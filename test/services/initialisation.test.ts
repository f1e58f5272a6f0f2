import { describe, expect, test } from "vitest";
import { createInitialisation } from "../../services/shared/initialisation.ts";

/** An initialisation whose clock moves only by its pauses. */
function withFakeClock() {
  let nowMs = 0;
  const pauses: number[] = [];
  const progress: { step: string; reason?: string }[] = [];
  const initialisation = createInitialisation({
    sinceStartMs: () => nowMs,
    pause: async (ms) => {
      pauses.push(ms);
      nowMs += ms;
    },
    onProgress: ({ step, reason }) => progress.push(reason === undefined ? { step } : { step, reason }),
  });
  return { initialisation, pauses, progress };
}

function failing(times: number, reason = "connection refused") {
  let attempts = 0;
  return async () => {
    attempts += 1;
    if (attempts <= times) throw new Error(reason);
  };
}

describe("initialisation", () => {
  test("a step is tried until it succeeds, with growing pauses", async () => {
    const { initialisation, pauses } = withFakeClock();
    await initialisation.run([{ name: "connecting", run: failing(6) }]);
    expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(initialisation.status()).toEqual({
      done: true,
      ms: 3500,
      completed: [{ name: "connecting", ms: 3500 }],
    });
  });

  test("while it waits it says for what and why", async () => {
    const { initialisation } = withFakeClock();
    const seen: string[] = [];
    await initialisation.run([
      { name: "first", run: failing(0) },
      {
        name: "second",
        run: async () => {
          try {
            initialisation.assertDone();
          } catch (error) {
            seen.push(String(error));
          }
          if (seen.length < 2) throw new Error("no such table");
        },
      },
    ]);
    expect(seen).toEqual([
      "UnavailableError: initialising: second",
      "UnavailableError: initialising: second: no such table",
    ]);
    expect(() => initialisation.assertDone()).not.toThrow();
  });

  test("a reason is reported once, not at every attempt", async () => {
    const { initialisation, progress } = withFakeClock();
    await initialisation.run([{ name: "connecting", run: failing(5) }]);
    expect(progress).toEqual([{ step: "connecting", reason: "connection refused" }, { step: "connecting" }]);
  });

  test("stop ends the waiting, and leaves it undone", async () => {
    const { initialisation } = withFakeClock();
    let attempts = 0;
    await initialisation.run([
      {
        name: "never",
        run: async () => {
          attempts += 1;
          if (attempts === 3) initialisation.stop();
          throw new Error("no");
        },
      },
    ]);
    expect(attempts).toBe(3);
    expect(initialisation.status().done).toBe(false);
  });

  test("nothing is ready before it has begun", () => {
    expect(() => withFakeClock().initialisation.assertDone()).toThrow("initialising");
  });
});
