import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock, Random } from "../core/clock.ts";
import { openDesired } from "../desired/open-desired.ts";
import { connectEngine } from "../engine/docker-engine.ts";
import { openHistory } from "../history/open-history.ts";
import { usableDatabase } from "../history/usable-database.ts";
import { untilListening } from "../probe/listening.ts";
import { addressOfProbe, runProbe } from "../probe/run-probe.ts";
import { coordinator } from "./coordinator.ts";
import type { Coordinator } from "./coordinator.ts";
import { dockerPlatform } from "./containers/docker-platform.ts";
import type { Log } from "./log.ts";
import { alertsObserver } from "./observers/alerts/alerts-observer.ts";
import { latenciesObserver } from "./observers/latencies.ts";
import { customModules } from "./probing/custom-modules.ts";
import type { Redaction } from "./redaction.ts";

/** What the coordinator on the real engine is made from. */
export interface LoadOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly redaction: Redaction;
  /** The labels of the stack's containers. */
  readonly labels: Readonly<Record<string, string>>;
  readonly stack: string | undefined;
  readonly startedMs: number;
  /** Where the history and the desired state are kept. */
  readonly historyFile: string;
  /** The key of the secrets that are kept: see lib/desired. */
  readonly sealKey: string | undefined;
}

/** The coordinator on the real engine, with the real probes. */
export function load({ historyFile, sealKey, ...options }: LoadOptions): Coordinator {
  const { clock, random, log, redaction, labels, stack, startedMs } = options;
  // A container's host name is its id, unless somebody gives it another.
  const engine = connectEngine({ self: hostname() });
  const loadModule = customModules({ log, redact: redaction.redact });
  const database = usableDatabase(historyFile, log);
  const history = openHistory(database, log);
  return coordinator({
    ...options,
    engine,
    platform: (listened) => dockerPlatform({ engine: listened, labels, clock, redact: redaction.redact }),
    alerts: alertsObserver({
      ...{ database, clock, random, log, wallMs: Date.now, redact: redaction.redact },
      fetch: globalThis.fetch,
      newId: randomUUID,
    }),
    history,
    observers: [latenciesObserver({ history: history.figures, clock, wallMs: Date.now, startedMs })],
    desired: openDesired(database, { key: sealKey, stack, say: log }),
    wallMs: Date.now,
    listening: (probe, service, endpoint) => {
      const address = addressOfProbe(probe, endpoint?.host ?? service, endpoint);
      return address && ((everyMs, signal) => untilListening(address, everyMs, clock, signal));
    },
    runAttempt: (probe, { service, endpoint, secrets, container, signal }) =>
      runProbe(probe, endpoint?.host ?? service, endpoint, {
        ...{ clock, secrets, container, signal },
        redact: redaction.redact,
        loadModule,
      }),
  });
}
