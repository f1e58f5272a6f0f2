import type { Incident, Transition } from "../../model/transition.ts";
import type { Changes } from "../../readiness/changes.ts";
import { changes } from "../../readiness/changes.ts";
import { connectedParts, needsOf } from "../../supervision/needs-graph.ts";
import type { Incidents } from "../../supervision/incident.ts";
import { note, reconciled } from "../../supervision/incident.ts";
import type { Records, ServiceRecord } from "../../supervision/service-record.ts";
import type { ServiceState, StateCause } from "../../supervision/service-state.ts";

/** The stream of transitions: each once, in one order, with its cause and the incident that it belongs to. */
export interface TransitionStream {
  /** To be called with each change of a service; `records` has all services as they are now. */
  note(before: ServiceRecord | undefined, after: ServiceRecord, records: Records): void;
  /** The services are these: what open incidents say of others, or of states that were not kept, is over. */
  reconcile(records: Records): void;
  /** The transitions after a number, as far back as memory goes, oldest first. */
  since(seq: number): readonly Transition[];
  /** The number of the last transition. */
  lastSeq(): number;
  /** There is another transition. */
  readonly changed: Changes;
  /** The last incidents, open ones among them, oldest first. */
  incidents(): readonly Incident[];
  /** Those of them that are not over. */
  openIncidents(): readonly Incident[];
}

export interface StreamDependencies {
  /** The number of the last transition that was kept. */
  readonly lastSeq: number;
  /** The incidents that were open when the coordinator ended. */
  readonly incidents: Incidents;
  /** Milliseconds since the epoch, as a person's clock has it. */
  readonly wallMs: () => number;
  readonly onTransition: (transition: Transition) => void;
  readonly onIncident: (incident: Incident) => void;
}

/** How many transitions are remembered for those who follow. */
const remembered = 1000;
const rememberedIncidents = 50;

export function transitionStream({
  lastSeq,
  incidents: known,
  wallMs,
  onTransition,
  onIncident,
}: StreamDependencies): TransitionStream {
  const changed = changes();
  let seq = lastSeq;
  let incidents = known;
  let recent: readonly Transition[] = [];
  const lastIncidents = new Map<number, Incident>(known.open.map((incident) => [incident.id, incident]));

  const keep = (incident: Incident) => {
    lastIncidents.set(incident.id, incident);
    const [oldest] = lastIncidents.keys();
    if (lastIncidents.size > rememberedIncidents && oldest !== undefined) lastIncidents.delete(oldest);
    onIncident(incident);
  };

  const tell = (before: ServiceRecord, after: ServiceRecord, cause: StateCause, records: Records) => {
    const { from, to } = { from: before.state.name, to: after.state.name };
    const numbers = connectedParts(records);
    const { service } = after.desired;
    const { generation } = after;
    const bare = { seq: ++seq, atMs: wallMs(), service, from, to, cause, generation };
    const supervised = before.verified !== undefined;
    const partOf = (name: string) => numbers.get(name);
    const anotherRestart = isAnotherRestart(before.state, after.state);
    const needed = (name: string) => needsOf(records, name);
    const noted = note(incidents, bare, { partOf, needsOf: needed, supervised, anotherRestart });
    incidents = noted.incidents;
    const transition: Transition = noted.incident ? { ...bare, incident: noted.incident.id } : bare;
    recent = [...recent.slice(1 - remembered), transition];
    onTransition(transition);
    if (noted.incident) keep(noted.incident);
    changed.notify();
  };

  return {
    changed,
    reconcile: (records) => {
      const found = reconciled(incidents, (service) => records.get(service)?.state.name, wallMs());
      ({ incidents } = found);
      found.changed.forEach(keep);
      if (found.changed.length > 0) changed.notify();
    },
    note: (before, after, records) => {
      if (before === undefined) return;
      // What is said besides is no change of its state.
      if (before.said !== after.said && after.said !== undefined)
        tell(before, { ...after, state: before.state }, after.said, records);
      if (before.state === after.state) return;
      const { from, to } = { from: before.state.name, to: after.state.name };
      const anotherRestart = isAnotherRestart(before.state, after.state);
      if (from === to && before.state.cause.text === after.state.cause.text && !anotherRestart) return;
      tell(before, after, after.state.cause, records);
    },
    since: (after) => recent.filter((transition) => transition.seq > after),
    lastSeq: () => seq,
    incidents: () => [...lastIncidents.values()],
    openIncidents: () => [...lastIncidents.values()].filter(({ closedMs }) => closedMs === undefined),
  };
}

/** A run may end before it was ever seen to run: then one restart follows the other. */
function isAnotherRestart(before: ServiceState, after: ServiceState): boolean {
  return before.name === "restarting" && after.name === "restarting" && after.nth > before.nth;
}
