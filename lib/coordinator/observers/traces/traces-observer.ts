import { errorText } from "../../../core/errors.ts";
import type { GateRecord, StartRecord } from "../../../model/history.ts";
import type { Transition } from "../../../model/transition.ts";
import type { Log } from "../../log.ts";
import type { ConfiguredObserver, Settings } from "../telemetry.ts";
import { watchedName } from "../telemetry.ts";
import { incidentTrace } from "./incident-trace.ts";
import type { SpanSender } from "./send-spans.ts";
import type { SpanTree } from "./span-tree.ts";
import type { FailedAttempt } from "./start-trace.ts";
import { startTrace } from "./start-trace.ts";

export interface TracesDependencies {
  readonly log: Log;
  /** How long spans wait for others to be sent with them. Default 5 s. */
  readonly delayMs?: number;
}

/** One trace for each start of the stack and one for each incident, sent when they have ended, while tracing is configured. */
export interface TracesObserver extends ConfiguredObserver {
  /** Sends what waits. Never rejects. */
  close(): Promise<void>;
}

const mostStarts = 1000;
const mostVerdicts = 200;
/** Of how many probes the causes are kept, and how many of each. */
const mostProbes = 1000;
const mostCauses = 32;
const mostIncidents = 100;
const mostTransitions = 128;

/** What is remembered until it is sent. */
interface Memory {
  readonly starts: Map<number, StartRecord>;
  readonly verdicts: GateRecord[];
  readonly causes: Map<string, FailedAttempt[]>;
  readonly transitions: Map<number, Transition[]>;
}

export function tracesObserver({ log, delayMs = 5000 }: TracesDependencies): TracesObserver {
  let settings: Settings | undefined;
  let sender: Promise<SpanSender | undefined> | undefined;
  let memory: Memory | undefined;

  async function load(endpoint: string, next: Settings): Promise<SpanSender | undefined> {
    let failing = false;
    // What is before the host in an address may be a password.
    const collector = URL.canParse(endpoint) ? new URL(endpoint).host : "an address that is none";
    try {
      const { spanSender } = await import("./send-spans.ts");
      return spanSender({
        ...{ endpoint, delayMs, stack: watchedName(next), environment: next.environment ?? "" },
        onSent: () => {
          if (failing) log("traces-sent-again", { collector });
          failing = false;
        },
        onFailed: (error) => {
          if (!failing) log("traces-not-sent", { collector, error: errorText(error) });
          failing = true;
        },
      });
    } catch (error) {
      log("traces-failed", { error: errorText(error) });
      return undefined;
    }
  }

  async function stop(): Promise<void> {
    const ending = sender;
    sender = undefined;
    memory = undefined;
    await (await ending)?.end();
  }

  function send(tree: SpanTree): void {
    void sender
      ?.then((own) => own?.send(tree))
      .catch((error: unknown) => log("traces-failed", { error: errorText(error) }));
  }

  return {
    configure: (next) => {
      const same =
        settings?.tracing?.endpoint === next.tracing?.endpoint &&
        settings?.stack === next.stack &&
        settings?.declaration === next.declaration &&
        settings?.environment === next.environment;
      settings = next;
      if (same) return;
      const before = memory;
      void stop();
      if (next.tracing === undefined) return;
      memory = before ?? { starts: new Map(), verdicts: [], causes: new Map(), transitions: new Map() };
      sender = load(next.tracing.endpoint, next);
    },
    transition: (transition) => {
      const { incident } = transition;
      if (memory === undefined || incident === undefined) return;
      const own = memory.transitions.get(incident) ?? [];
      if (own.length < mostTransitions) own.push(transition);
      keep(memory.transitions, incident, own, mostIncidents);
    },
    incident: (incident) => {
      if (memory === undefined || incident.closedMs === undefined) return;
      send(incidentTrace(incident, memory.transitions.get(incident.id) ?? []));
      memory.transitions.delete(incident.id);
    },
    start: (id, record) => memory && keep(memory.starts, id, record, mostStarts),
    verdict: (record) => {
      if (memory === undefined) return;
      memory.verdicts.push(record);
      if (memory.verdicts.length > mostVerdicts) memory.verdicts.shift();
    },
    attempt: ({ service, probe, atMs, monitored, cause }) => {
      if (memory === undefined || monitored || cause === undefined) return;
      const key = `${service} ${probe}`;
      const own = memory.causes.get(key) ?? [];
      const last = own.at(-1);
      // An attempt that fails as the one before says nothing new.
      if (last?.code === cause.code && last.text === cause.text) return;
      own.push({ atMs, ...cause });
      if (own.length > mostCauses) own.shift();
      keep(memory.causes, key, own, mostProbes);
    },
    deployment: (deployment) => {
      if (memory === undefined) return;
      const { starts, verdicts, causes } = memory;
      send(
        startTrace(deployment, {
          ...{ starts: [...starts.values()], verdicts },
          failedAttempts: (service, probe) => causes.get(`${service} ${probe}`) ?? [],
        }),
      );
      causes.clear();
    },
    forgotten: (service) => {
      for (const key of memory?.causes.keys() ?? [])
        if (key.startsWith(`${service} `)) memory?.causes.delete(key);
    },
    close: stop,
  };
}

/** Keeps the newest. */
function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
