import type { Clock } from "../../../core/clock.ts";
import { errorText } from "../../../core/errors.ts";
import { metricsPort } from "../../../model/telemetry.ts";
import { fillText } from "../../../model/text.ts";
import type { Log } from "../../log.ts";
import type { ConfiguredObserver, Settings } from "../telemetry.ts";
import { watchedName } from "../telemetry.ts";
import type { Instruments } from "./instruments.ts";
import type { Known, Measures } from "./measures.ts";
import { serveMetrics } from "./metrics-server.ts";

/** What metrics are made with. */
export interface MetricsDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** When the coordinator's process began. */
  readonly startedMs: number;
  /** Called once a time that metrics are declared, when whoever configures it has done what it was at. */
  readonly known: () => Known;
  /** Why the history is not being written; undefined where it is. */
  readonly historyProblem: () => string | undefined;
  /** Where the endpoint listens. Default: every address of the container, on 9464. */
  readonly host?: string;
  readonly port?: number;
}

/** The metrics of a stack: counted from what is observed, while they are declared. */
export interface MetricsObserver extends ConfiguredObserver {
  /** How many alerts are open now. */
  alertsOpen(count: number): void;
  /** A message to a sink has been delivered, has failed and is retried, or was dropped. */
  alertsSent(sink: string, result: "delivered" | "failed" | "dropped"): void;
  /** What keeps the metrics from being read, a sentence each. */
  problems(): readonly string[];
  /** Where it listens; undefined while it does not. */
  listening(): number | undefined;
  /** Ends it at once. */
  close(): void;
}

/** After this long a port that was taken is tried again. */
const againMs = 15_000;

/** One time that metrics are declared, from `configure` to the next that takes them away. */
interface Session {
  readonly ended: AbortController;
  measures: Measures | undefined;
  /** What has happened while the library was being loaded. */
  waiting: ((measures: Measures) => void)[];
}

export function metricsObserver(dependencies: MetricsDependencies): MetricsObserver {
  const { clock, log, startedMs, known, historyProblem, host = "0.0.0.0", port = metricsPort } = dependencies;
  let settings: Settings | undefined;
  let session: Session | undefined;
  let problem: string | undefined;
  let listening: number | undefined;

  /** The declared token; null where it is declared and has no value. */
  const token = (): string | null | undefined => {
    const ref = settings?.metrics?.token;
    if (ref === undefined) return undefined;
    try {
      return fillText([ref], settings?.secrets ?? {});
    } catch {
      return null;
    }
  };

  const count = (what: (measures: Measures) => void): void => {
    if (session?.measures !== undefined) what(session.measures);
    else session?.waiting.push(what);
  };

  async function begin(own: Session, next: Settings): Promise<void> {
    const { declaration, environment } = next;
    const info = { declaration: declaration ?? "", environment: environment ?? "" };
    try {
      // Settings that were kept come before the services that were.
      await Promise.resolve();
      const atFirst = known();
      const { instruments } = await import("./instruments.ts");
      const { measures } = await import("./measures.ts");
      const made = instruments({ startedMs, historyProblem, info, stack: watchedName(next) });
      if (own.ended.signal.aborted) return;
      own.measures = measures(made, atFirst, log);
      for (const what of own.waiting.splice(0)) what(own.measures);
      await serve(own, made);
    } catch (error) {
      problem = `the metrics do not work: ${errorText(error)}`;
      log("metrics-failed", { error: errorText(error) });
    }
  }

  async function serve(own: Session, { registry }: Instruments): Promise<void> {
    const { signal } = own.ended;
    while (!signal.aborted) {
      const failed = Promise.withResolvers<void>();
      const end = await serveMetrics({
        ...{ host, port, token },
        scrape: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
        onListening: (at) => {
          if (signal.aborted) return;
          problem = undefined;
          listening = at;
          log("metrics-listening", { port: at });
        },
        onProblem: (text) => {
          if (signal.aborted) return;
          if (problem === undefined) log("metrics-not-served", { error: text });
          problem = `the metrics are not served: ${text}`;
          listening = undefined;
          failed.resolve();
        },
      });
      const stop = () => {
        end();
        failed.resolve();
      };
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      await failed.promise;
      signal.removeEventListener("abort", stop);
      end();
      await clock.sleep(againMs, signal);
    }
  }

  function stop(): void {
    session?.ended.abort();
    session = undefined;
    listening = undefined;
    problem = undefined;
  }

  return {
    configure: (next) => {
      const renamed =
        settings?.stack !== next.stack ||
        settings?.declaration !== next.declaration ||
        settings?.environment !== next.environment;
      settings = next;
      if (next.metrics === undefined || renamed) stop();
      if (next.metrics === undefined || session !== undefined) return;
      session = { ended: new AbortController(), measures: undefined, waiting: [] };
      void begin(session, next);
    },
    transition: (transition) => count((measures) => measures.transition(transition)),
    incident: (incident) => count((measures) => measures.incident(incident)),
    start: (id, record) => count((measures) => measures.start(id, record)),
    verdict: (record) => count((measures) => measures.verdict(record)),
    deployment: (deployment) => count((measures) => measures.deployment(deployment)),
    attempt: (attempt) => count((measures) => measures.attempt(attempt)),
    forgotten: (service) => count((measures) => measures.forgotten(service)),
    alertsOpen: (open) => count((measures) => measures.alertsOpen(open)),
    alertsSent: (sink, result) => count((measures) => measures.alertsSent(sink, result)),
    problems: () => {
      const unset = session !== undefined && token() === null;
      const own = unset ? ["the metrics are not served: the secret of their token has no value"] : [];
      return problem === undefined ? own : [...own, problem];
    },
    listening: () => listening,
    close: stop,
  };
}
