import type { ContainerEvent } from "../../engine/engine.ts";
import type { PlatformEvent } from "../../supervision/platform.ts";

/*
 * What Docker reports, in this order, seen on 20.10 and held by test/integration/platform-events.test.ts:
 *
 *   docker stop                 kill 15, die, stop; if the grace passes: kill 15, kill 9, die, stop
 *   docker stop, when paused    kill 15, unpause, die, stop
 *   docker kill                 kill 9, die                            there is no stop
 *   docker kill -s HUP          kill 1                                 and a die, if the process does not handle it
 *   docker restart              kill 15, [kill 9,] die, stop, start, restart
 *   docker rm -f                kill 9, die, destroy; of one that does not run: destroy
 *   docker pause, unpause       pause, unpause
 *   docker update               update
 *   docker stop, kill, when it does not run: nothing
 *   the process ends, or is killed from inside or from the host: die
 *   out of memory               oom, die; the oom alone, if it was not the main process
 *   a start that fails          nothing, not even a die
 *   the engine shuts down       kill 15, [kill 9,] die, stop, as at docker stop, on the streams that it has. It takes no new
 *                               connections by then. When it is back it remembers no event
 */

/** The signals that are sent to end a process: INT, QUIT, ABRT, KILL, TERM. Others ask it to read its configuration and the like. */
const ending: ReadonlySet<number> = new Set([2, 3, 6, 9, 15]);

/** What somebody else sees in the engine's orders. */
export interface Perspective {
  /** Whether we have ordered what happened to a container then. */
  readonly isOwn: (container: string, atMs: number) => boolean;
  /** The signal by which a container is asked to end, where it is known. */
  readonly stopSignal: (container: string) => number | undefined;
}

/** What an event of the engine's is to a platform. An order comes before the change that it brings about. */
export function platformEvents(event: ContainerEvent, perspective: Perspective): readonly PlatformEvent[] {
  const { id: workload, labels, atMs } = event;
  const as = (kind: PlatformEvent["kind"]): PlatformEvent => ({ workload, kind, labels, atMs });
  switch (event.action) {
    case "create":
      return [as("created")];
    case "destroy":
      return [as("ordered"), as("removed")];
    case "stop":
    case "kill":
      return [as(isOrder(event, perspective) ? "ordered" : "changed")];
    case "start":
    case "die":
    case "oom":
    case "pause":
    case "unpause":
    case "update":
    case "healthy":
    case "unhealthy":
      return [as("changed")];
  }
}

function isOrder({ id, action, signal, atMs }: ContainerEvent, { isOwn, stopSignal }: Perspective): boolean {
  if (isOwn(id, atMs)) return false;
  // An engine that does not say which signal it was has sent the usual one.
  return action === "stop" || signal === undefined || ending.has(signal) || signal === stopSignal(id);
}
