import type { Incident, Transition } from "../../lib/model/transition.ts";
import { startMs } from "./statuses.ts";

/** A service that has ended by itself. */
export function transition(seq: number, service: string, patch: Partial<Transition> = {}): Transition {
  return {
    seq,
    atMs: startMs + seq,
    service,
    from: "ready",
    to: "restarting",
    cause: { kind: "exited", text: `the process of ${service} ended with code 137` },
    generation: 1,
    ...patch,
  };
}

/** An incident under way. */
export function incident(id: number, root: string, patch: Partial<Incident> = {}): Incident {
  return {
    id,
    openedMs: startMs + id,
    root,
    cause: { kind: "exited", text: `the process of ${root} ended with code 137` },
    outcome: "open",
    services: { [root]: "restarting" },
    steps: [],
    ...patch,
  };
}
