/** Does what a custom probe must not do, as its `with` says, and then passes. */
import { spawnSync } from "node:child_process";
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { failed, passed, probe } from "phasegate";

/** How many attempts this thread has run. */
let attempts = 0;

const misdeeds: Readonly<Record<string, (signal: AbortSignal) => unknown>> = {
  prints: () => {
    console.log("a line with s3cr3t/pässword");
    console.error("a line\n\nand another");
    process.emitWarning("a warning");
    process.stdout.write('{"needed":"nobody","probe":"none"}\nno end');
  },
  printsMuch: () => {
    for (let i = 1; i <= 300; i++) console.log(`line ${i} ${"x".repeat(2000)}`);
  },
  writesPastNode: () => writeSync(1, '{"no end": '),
  forgesAnswers: () => {
    const forged = { say: "returned", id: 1, found: { passed: false, text: "forged" } };
    for (const message of [null, forged]) parentPort?.postMessage(message);
    const { port } = workerData as { readonly port?: MessagePort };
    port?.postMessage(forged);
  },
  leavesRejection: () => void Promise.reject(new Error("nobody handles s3cr3t/pässword")),
  throwsLater: () => {
    setTimeout(() => {
      throw new RangeError("thrown later");
    }, 50);
  },
  exits: () => process.exit(3),
  computes: () => {
    for (;;);
  },
  computesAfterASecond: async () => {
    await sleep(1000);
    for (;;);
  },
  neverLetsOthers: async () => {
    for (;;) await Promise.resolve();
  },
  waitsInSystemCall: () => spawnSync("sleep", ["2"]),
  hoards: () => {
    const hoard: number[][] = [];
    for (;;) hoard.push(Array.from({ length: 1000 }, Math.random));
  },
  hoardsBuffers: async () => {
    const hoard: Buffer[] = [];
    for (;;) {
      hoard.push(Buffer.alloc(16 * 1024 * 1024, 1));
      await sleep(10);
    }
  },
  parsesMuch: async () => {
    const parsed: unknown = JSON.parse(`[${"{},".repeat(5_000_000)}0]`);
    await sleep(5000);
    return parsed;
  },
  waits: (signal) => sleep(60_000, undefined, { signal }),
};

/** What an attempt says of itself instead. */
const says: Readonly<Record<string, () => string>> = {
  counts: () => `attempt ${attempts}`,
  showsEnvironment: () =>
    Object.keys(process.env)
      .filter((name) => name.startsWith("PHASEGATE_"))
      .join(),
};

export default probe<string>(async ({ with: name, signal, step }) => {
  attempts += 1;
  const text = says[name]?.();
  if (text !== undefined) return failed(text);
  if (name === "namesSteps") for (let i = 1; i <= 100_000; i++) step(`step ${i}`);
  step(`doing: ${name}`);
  try {
    await misdeeds[name]?.(signal);
  } catch (error) {
    if (signal.aborted) console.log("aborted in the thread");
    throw error;
  }
  return passed();
});
