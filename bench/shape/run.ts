import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/** One start of a shape from nothing, by one contender, and one `up` after it that changes nothing. Times in milliseconds. */
export interface ShapeRun {
  /** The whole command. */
  readonly commandMs: number;
  /** From the creation of the first service's container until the last service is known to be ready. */
  readonly startMs: number;
  /** For each phase but the last: from the readiness of its last service to the creation of the next one's first container. */
  readonly createdLagsMs: readonly number[];
  /** As before, to the start of the next one's first container. */
  readonly startedLagsMs: readonly number[];
  readonly noChangeMs: number;
}

/** By the engine's clock, in milliseconds. */
export interface ServiceEvents {
  readonly createdMs: number;
  readonly startedMs: number;
  readonly readyMs: number;
}

const unknown: ServiceEvents = { createdMs: NaN, startedMs: NaN, readyMs: NaN };

type Phases = readonly (readonly string[])[];
type EventsOfServices = ReadonlyMap<string, ServiceEvents>;

/** For each phase: its first container's creation and start, and its last service's readiness. */
function phaseEvents(phases: Phases, events: EventsOfServices): readonly ServiceEvents[] {
  return phases.map((services) => {
    const of = services.map((service) => events.get(service) ?? unknown);
    return {
      createdMs: Math.min(...of.map(({ createdMs }) => createdMs)),
      startedMs: Math.min(...of.map(({ startedMs }) => startedMs)),
      readyMs: Math.max(...of.map(({ readyMs }) => readyMs)),
    };
  });
}

/** For each phase: from the readiness of the one before, of the first from the creation of its first container, to its own readiness. */
export function phaseTimes(phases: Phases, events: EventsOfServices): readonly number[] {
  const all = phaseEvents(phases, events);
  return all.map(({ createdMs, readyMs }, i) => readyMs - (all[i - 1]?.readyMs ?? createdMs));
}

/** What became known of the services, phase by phase, as one start. */
export function startOf(
  phases: Phases,
  events: EventsOfServices,
): Pick<ShapeRun, "startMs" | "createdLagsMs" | "startedLagsMs"> {
  const all = phaseEvents(phases, events);
  const lagsTo = (next: "createdMs" | "startedMs") =>
    all.slice(1).map((phase, i) => phase[next] - (all[i] ?? unknown).readyMs);
  return {
    startMs: (all.at(-1) ?? unknown).readyMs - (all[0] ?? unknown).createdMs,
    createdLagsMs: lagsTo("createdMs"),
    startedLagsMs: lagsTo("startedMs"),
  };
}

export interface EngineEvent {
  readonly action: string;
  readonly atMs: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * The first event of an action for each service. A health check goes on passing without another event, and what is started again
 * has been there before.
 * @param label the label that has a service's name
 */
export function firstOfEach(
  events: readonly EngineEvent[],
  action: string,
  label: string,
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { attributes, atMs } of events.filter((event) => event.action === action)) {
    const service = attributes[label] ?? "";
    if (!first.has(service)) first.set(service, atMs);
  }
  return first;
}

/**
 * What became of each service in a start, of those that became ready or were created.
 * @param label the label that has a service's name
 * @param readyMs when each was known to be ready
 */
export function serviceEvents(
  events: readonly EngineEvent[],
  label: string,
  readyMs: ReadonlyMap<string, number>,
): ReadonlyMap<string, ServiceEvents> {
  const [created, started] = [firstOfEach(events, "create", label), firstOfEach(events, "start", label)];
  return new Map(
    [...new Set([...created.keys(), ...readyMs.keys()])].map((service) => [
      service,
      {
        createdMs: created.get(service) ?? NaN,
        startedMs: started.get(service) ?? NaN,
        readyMs: readyMs.get(service) ?? NaN,
      },
    ]),
  );
}

/** An event as the engine writes it. */
interface RawEvent {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/**
 * Does some work, and answers with what happened meanwhile to containers with a label. The engine keeps no more than 256 past events,
 * and each health check is three: they are taken as they come.
 */
export async function withEvents<T>(
  docker: Docker,
  label: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly events: readonly EngineEvent[] }> {
  const abort = new AbortController();
  const filters: Docker.GetEventsOptions["filters"] = {
    type: ["container"],
    event: ["create", "start", "health_status"],
    label: [label],
  };
  const stream = await docker.getEvents({ filters, abortSignal: abort.signal });
  const events: EngineEvent[] = [];
  const taken = takeEvents(stream, events).catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  try {
    const result = await work();
    // What the engine has written by then has come.
    await sleep(200);
    return { result, events };
  } finally {
    abort.abort();
    await taken;
  }
}

async function takeEvents(stream: NodeJS.ReadableStream, events: EngineEvent[]): Promise<void> {
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.filter((one) => one.trim() !== "")) {
      const { Action, timeNano, Actor } = JSON.parse(line) as RawEvent;
      events.push({ action: Action, atMs: timeNano / 1e6, attributes: Actor.Attributes });
    }
  }
}
