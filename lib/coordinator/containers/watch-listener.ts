import type { Seen } from "../../supervision/platform.ts";

/** Who is to know what the platform shows. Nothing here may throw. */
export interface WatchListener {
  /**
   * A followed workload was looked at, for the `look`-th time that any was. Looks overlap, and an older one may be handed on after
   * a newer one: `isNewer` says which to take.
   */
  readonly onSeen: (workload: string, seen: Seen, look: number) => void;
  /**
   * Somebody else has ordered the platform to stop, kill or remove a followed workload: the run that is seen next, or one that
   * runs on. Comes before the look that shows the run's end. What a platform orders itself because it shuts down is none.
   */
  readonly onOrdered: (workload: string, atMs: number) => void;
  /** The stack has a workload that it did not have, or lacks one that it had; not only followed ones. */
  readonly onCreated: (workload: string, labels: Readonly<Record<string, string>>, atMs: number) => void;
  readonly onRemoved: (workload: string, atMs: number) => void;
  /** The platform does not answer any more, and in words why; it answers again. Each once. */
  readonly onSilent: (text: string) => void;
  readonly onHeard: () => void;
}
