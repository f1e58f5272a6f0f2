import type { ContainerWatch } from "../../lib/coordinator/containers/container-watch.ts";
import { containerWatch } from "../../lib/coordinator/containers/container-watch.ts";
import { isNewer } from "../../lib/coordinator/containers/followed-workload.ts";
import type { Seen } from "../../lib/supervision/platform.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeClock } from "./fake-clock.ts";
import type { FakePlatform } from "./fake-platform.ts";
import { fakePlatform } from "./fake-platform.ts";
import { seededRandom } from "./seeded-random.ts";

/** A watch on the fake platform, and what it has handed on. */
export interface WatchedPlatform {
  readonly clock: FakeClock;
  readonly platform: FakePlatform;
  readonly watch: ContainerWatch;
  /** What was handed on, in order: "seen web running", "ordered web", "silent", ... Looks that are old, or show what the last one did, are left out. */
  readonly told: string[];
  /** The looks, in the order in which they were handed on, and whether a receiver takes them that drops older ones. */
  readonly looks: {
    readonly workload: string;
    readonly seen: Seen;
    readonly look: number;
    readonly taken: boolean;
  }[];
  /** The orders that were handed on, each with how many looks had been by then. */
  readonly orders: { readonly workload: string; readonly atMs: number; readonly looks: number }[];
  /** What a receiver has that drops older looks. */
  readonly latest: Map<string, { readonly seen: Seen; readonly look: number }>;
  readonly log: string[];
  close(): void;
}

/** Workloads that run, followed from the beginning. */
export function watchedPlatform({
  workloads = [],
  clock = fakeClock(),
  platform = fakePlatform(clock),
  sinceMs,
  seed = 1,
}: {
  readonly workloads?: readonly string[];
  readonly clock?: FakeClock;
  readonly platform?: FakePlatform;
  readonly sinceMs?: number;
  readonly seed?: number;
} = {}): WatchedPlatform {
  const told: string[] = [];
  const looks: { workload: string; seen: Seen; look: number; taken: boolean }[] = [];
  const orders: { workload: string; atMs: number; looks: number }[] = [];
  const latest = new Map<string, { readonly seen: Seen; readonly look: number }>();
  const shown = new Map<string, string>();
  const log: string[] = [];
  const end = new AbortController();
  const watch = containerWatch(
    {
      ...{ platform, clock, sinceMs, random: seededRandom(seed) },
      log: (event) => log.push(event),
      onSeen: (workload, seen, look) => {
        const taken = isNewer(look, latest.get(workload)?.look);
        looks.push({ workload, seen, look, taken });
        if (!taken) return;
        latest.set(workload, { seen, look });
        const text = seenText(seen);
        if (shown.get(workload) !== text) told.push(`seen ${workload} ${text}`);
        shown.set(workload, text);
      },
      onOrdered: (workload, atMs) => {
        orders.push({ workload, atMs, looks: looks.length });
        told.push(`ordered ${workload}`);
      },
      onCreated: (workload) => told.push(`created ${workload}`),
      onRemoved: (workload) => told.push(`removed ${workload}`),
      onSilent: () => told.push("silent"),
      onHeard: () => told.push("heard"),
    },
    end.signal,
  );
  for (const workload of workloads) watch.follow(workload);
  return { clock, platform, watch, told, looks, orders, latest, log, close: () => end.abort() };
}

export function seenText(seen: Seen): string {
  if (seen === "gone") return "gone";
  if (seen.startedMs === undefined) return "created";
  const state = seen.paused ? "paused" : seen.running ? "running" : `exited ${seen.exitCode}`;
  return `${state} since ${seen.startedMs}`;
}
