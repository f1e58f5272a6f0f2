import type { Clock } from "../../core/clock.ts";
import type { Deployment } from "../../model/history.ts";

/** What is known of an `up` at work. */
export interface DeploymentUnderWay {
  readonly beganMs: number;
  /** How many connections it has. */
  readonly connections: number;
  /** When the last one ended; undefined while there is one. */
  readonly leftMs: number | undefined;
  /** How many wait for a phase's gate, or its edges, and what the last of them was answered. */
  readonly gates: ReadonlyMap<string, GateKnown>;
}

interface GateKnown {
  readonly waiting: number;
  readonly last: "opened" | "closed" | "aborted" | undefined;
}

/** What happens to it. */
export type DeploymentEvent =
  | { readonly type: "connected" }
  | { readonly type: "left" }
  | { readonly type: "waits"; readonly phase: string }
  | { readonly type: "answered"; readonly phase: string; readonly how: "opened" | "closed" | "aborted" };

/** A connection that is lost is made again by the same `up`: so long after the last one ended, that has ended, too. */
export const goneAfterMs = 15_000;

/** What becomes of an `up` by an event; undefined where none is at work. */
export function afterEvent(
  before: DeploymentUnderWay | undefined,
  event: DeploymentEvent,
  nowMs: number,
): DeploymentUnderWay | undefined {
  if (event.type === "connected") {
    const known = before ?? { beganMs: nowMs, connections: 0, gates: new Map() };
    return { ...known, connections: known.connections + 1, leftMs: undefined };
  }
  if (before === undefined) return undefined;
  if (event.type === "left") {
    const connections = Math.max(0, before.connections - 1);
    return { ...before, connections, leftMs: connections === 0 ? (before.leftMs ?? nowMs) : undefined };
  }
  const { waiting, last } = before.gates.get(event.phase) ?? { waiting: 0, last: undefined };
  const gate: GateKnown =
    event.type === "waits"
      ? { waiting: waiting + 1, last }
      : { waiting: Math.max(0, waiting - 1), last: event.how };
  return { ...before, gates: new Map(before.gates).set(event.phase, gate) };
}

/**
 * How an `up` that has gone came out; undefined where it waited for no gate. The last answer of each gate counts: one that is waited
 * for on a new connection has not failed with the old one.
 */
export function outcomeOf({ beganMs, leftMs, gates }: DeploymentUnderWay): Deployment | undefined {
  if (gates.size === 0 || leftMs === undefined) return undefined;
  const bare = { beganMs, endedMs: leftMs };
  const [failed] = [...gates].find(([, { last }]) => last === "closed") ?? [];
  if (failed !== undefined) return { ...bare, outcome: "failed", phase: failed };
  const [left] = [...gates].find(([, { waiting, last }]) => waiting > 0 || last !== "opened") ?? [];
  if (left !== undefined) return { ...bare, outcome: "interrupted", phase: left };
  return { ...bare, outcome: "succeeded" };
}

/** What deployments are derived from; each function is to be called as it happens. */
export interface Deployments {
  /** An `up` has connected. What is returned says that the connection has ended. */
  begin(): () => void;
  /**
   * A gate, or a phase's edges, are waited for. What is returned takes the answer: whether it opened, or undefined where there was none.
   */
  waits(phase: string): (opened: boolean | undefined) => void;
  close(): void;
}

/** Tells of each `up` once it has gone, if it has waited for a gate. What the coordinator's own end cuts off is not told. */
export function deployments({
  clock,
  onDeployment,
}: {
  readonly clock: Clock;
  readonly onDeployment: (deployment: Deployment) => void;
}): Deployments {
  const closed = new AbortController();
  let current: DeploymentUnderWay | undefined;

  const note = (event: DeploymentEvent): void => {
    current = afterEvent(current, event, clock.now());
  };
  const endSoon = async (left: DeploymentUnderWay): Promise<void> => {
    await clock.sleep(goneAfterMs, closed.signal);
    if (closed.signal.aborted || current === undefined || current.leftMs === undefined) return;
    if (current.leftMs !== left.leftMs) return;
    const outcome = outcomeOf(current);
    current = undefined;
    if (outcome !== undefined) onDeployment(outcome);
  };

  return {
    begin: () => {
      note({ type: "connected" });
      return once(() => {
        note({ type: "left" });
        if (current?.leftMs !== undefined) void endSoon(current);
      });
    },
    waits: (phase) => {
      note({ type: "waits", phase });
      return once((opened: boolean | undefined) =>
        note({
          ...{ type: "answered", phase },
          how: opened === undefined ? "aborted" : opened ? "opened" : "closed",
        }),
      );
    },
    close: () => closed.abort(),
  };
}

function once<A extends readonly unknown[]>(what: (...args: A) => void): (...args: A) => void {
  let done = false;
  return (...args) => {
    if (!done) what(...args);
    done = true;
  };
}
