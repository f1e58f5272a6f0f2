import type { AlertingPlan } from "../../lib/model/alerting.ts";
import type { Incident, Transition } from "../../lib/model/transition.ts";
import type { Standing } from "../../lib/alerting/after-boot.ts";
import type { AlertsObserver } from "../../lib/coordinator/observers/alerts/alerts-observer.ts";
import { alertsObserver } from "../../lib/coordinator/observers/alerts/alerts-observer.ts";
import type { UsableDatabase } from "../../lib/history/usable-database.ts";
import type { Seen } from "./alert-course.ts";
import { databaseInMemory } from "./desired-database.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeClock } from "./fake-clock.ts";
import { seededRandom } from "./seeded-random.ts";
import { incident, transition } from "./transitions.ts";

export const alertingSecrets = { signingKey: "the key of the signature", token: "the token of the pager" };

interface BenchOptions {
  readonly sinks: AlertingPlan["sinks"];
  readonly after?: AlertingPlan["after"];
  readonly database?: () => UsableDatabase;
  readonly clock?: FakeClock;
  readonly wallMs?: () => number;
  readonly fetch?: typeof globalThis.fetch;
  readonly needs?: (service: string) => readonly string[];
}

/** A coordinator's alerts on a clock of the test's. What the history keeps of incidents is kept across kills. */
export function alertingBench(options: BenchOptions) {
  const { sinks, after = "30s", clock = fakeClock(), fetch = globalThis.fetch, needs = () => [] } = options;
  const inMemory = databaseInMemory();
  const { database = () => inMemory, wallMs = clock.now } = options;
  const incidents = new Map<number, Incident>();
  const standing = new Map<string, Standing>();
  const log: string[] = [];
  let ids = 0;
  let seq = 0;
  let opened = database();

  const begin = (): AlertsObserver => {
    const observer = alertsObserver({
      ...{ clock, wallMs, fetch, database: opened, random: seededRandom(5) },
      log: (event, fields = {}) => void log.push(`${event} ${JSON.stringify(fields)}`),
      redact: (text) => text,
      newId: () => `id-${++ids}`,
    });
    observer.configure(settings(sinks));
    observer.resume({
      incidents: [...incidents.values()].filter(({ closedMs }) => closedMs === undefined),
      ...{ standing: [...standing.values()], needs },
    });
    return observer;
  };
  const settings = (now: AlertingPlan["sinks"]) => ({
    alerting: { after, repeat: "4h", sinks: now } as const,
    ...{ secrets: alertingSecrets, declaration: "shop", stack: "dev", environment: "development" },
  });
  let observer = begin();

  const see = (seen: Seen) => {
    observer.transition?.(seen.transition);
    if (seen.incident === undefined) return;
    incidents.set(seen.incident.id, seen.incident);
    observer.incident?.(seen.incident);
  };
  const change = (service: string, to: Transition["to"], next: Incident) => {
    standing.set(service, { service, state: to, cause: next.cause, supervised: true });
    see({
      transition: transition(++seq, service, { to, incident: next.id, atMs: clock.now() }),
      incident: next,
    });
  };

  return {
    ...{ clock, log, incidents, standing, see },
    observer: () => observer,
    configure: (now: AlertingPlan["sinks"]) => observer.configure(settings(now)),
    /** A service fails by itself. */
    fail: (id: number, service: string) =>
      change(service, "restarting", incident(id, service, { openedMs: clock.now() })),
    /** It is ready again. */
    heal: (id: number) => {
      const open = incidents.get(id);
      if (open === undefined) throw new Error(`there is no incident ${id}`);
      const services = Object.fromEntries(Object.keys(open.services).map((name) => [name, "ready"] as const));
      change(open.root, "ready", { ...open, services, closedMs: clock.now(), outcome: "recovered" });
    },
    /** The coordinator's process is killed: what it does from now on reaches nothing. It begins again with `start`. */
    kill: () => {
      opened.database?.close();
      observer.close();
      observer = undefined as unknown as AlertsObserver;
    },
    start: () => {
      opened = database();
      observer = begin();
    },
    close: () => observer.close(),
  };
}
