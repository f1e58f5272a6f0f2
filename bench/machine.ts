import { arch, cpus, release, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/** What the figures were measured on, where no engine was needed. */
export interface Processors {
  readonly processors: number;
  readonly model: string;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
}

/** What the figures were measured on. */
export interface Machine extends Processors {
  readonly engine: string;
}

export function describeProcessors(): Processors {
  const [first] = cpus();
  return {
    processors: cpus().length,
    model: (first?.model ?? "unknown").trim(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: `${release()} ${arch()}`,
    node: process.versions.node,
  };
}

export async function describeMachine(docker: Docker): Promise<Machine> {
  const { Version } = await docker.version();
  return { ...describeProcessors(), engine: Version };
}

/** Above this share of its processors' time a machine is not quiet. */
const quietShare = 0.15;

/** How busy the processors are for a while, 0 to 1. */
export async function busyShare(forMs: number, signal: AbortSignal): Promise<number> {
  const before = processorTimes();
  await sleep(forMs, undefined, { signal });
  const after = processorTimes();
  const total = after.total - before.total;
  return total === 0 ? 0 : 1 - (after.idle - before.idle) / total;
}

/** Waits until the machine does nothing else, no longer than given. Answers with how busy it is then, 0 to 1. */
export async function waitForQuiet(withinMs: number, signal: AbortSignal): Promise<number> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const busy = await busyShare(1500, signal);
    if (busy <= quietShare || performance.now() >= endMs) return busy;
  }
}

function processorTimes(): { idle: number; total: number } {
  const times = cpus().map((processor) => processor.times);
  const sum = (figures: readonly number[]) => figures.reduce((total, one) => total + one, 0);
  return {
    idle: sum(times.map(({ idle }) => idle)),
    total: sum(times.flatMap((processor) => Object.values(processor))),
  };
}
