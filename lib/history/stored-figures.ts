import type { DatabaseSync } from "node:sqlite";
import type { FigureFacts, Period, StartFact } from "../model/figures.ts";
import type { Deployment } from "../model/history.ts";
import type { Incident } from "../model/transition.ts";
import type { FigureHistory } from "./figure-history.ts";
import type { Row } from "./rows.ts";
import { text } from "./rows.ts";
import { storedLatencies } from "./stored-latencies.ts";
import { keptIncidents, keptTransitions, transition } from "./stored-transitions.ts";

/** How many deployments, times of a coordinator and holds are kept: of each so many. */
export const keptPeriods = 2000;

/** Where it is kept: who writes, and who reads. */
export interface FigureWays {
  readonly write: (work: () => void, subject?: string) => void;
  readonly reading: <T>(read: () => T) => T;
  /** How many starts of a service are kept. */
  readonly keptStarts: number;
}

export function storedFigures(
  database: DatabaseSync,
  { write, reading, keptStarts }: FigureWays,
): FigureHistory {
  const sql = statements(database);
  const latencies = storedLatencies(database);
  return {
    attempts: (attempts) => attempts.length > 0 && write(() => latencies.keep(attempts)),
    deployment: ({ beganMs, endedMs, outcome, phase }) =>
      write(() => {
        const { lastInsertRowid } = sql.keepDeployment.run(beganMs, endedMs, outcome, phase ?? null);
        sql.forgetDeployments.run(Number(lastInsertRowid) - keptPeriods);
      }),
    watched: ({ sinceMs, untilMs }) =>
      write(() => {
        sql.watched.keep.run(sinceMs, untilMs);
        sql.watched.forget.run(keptPeriods);
      }, `watched ${sinceMs}`),
    held: ({ sinceMs, untilMs }) =>
      write(() => {
        sql.held.keep.run(sinceMs, untilMs);
        sql.held.forget.run(keptPeriods);
      }, `held ${sinceMs}`),
    latencies: {
      attempts: (query) => reading(() => latencies.attempts(query)),
      minutes: (query) => reading(() => latencies.minutes(query)),
      hours: (query) => reading(() => latencies.hours(query)),
    },
    facts: (period) => reading(() => factsOf(sql, period, keptStarts)),
  };
}

function factsOf(
  sql: ReturnType<typeof statements>,
  { sinceMs, untilMs }: Period,
  keptStarts: number,
): FigureFacts {
  const last = sql.last.get() ?? {};
  // Rows make room by their numbers: what came before the oldest one that is there may be gone.
  const completeFrom = (highest: string, kept: number, oldest: string) =>
    Number(last[highest]) > kept ? Number(last[oldest]) : 0;
  const fullMs = sql.fullServices.all(keptStarts).map((row) => Number(row["began_ms"]));
  return {
    ...{ sinceMs, untilMs },
    watched: sql.watched.within.all(sinceMs, untilMs).map(period),
    holds: sql.held.within.all(sinceMs, untilMs).map(period),
    starts: sql.starts.all(sinceMs, untilMs).map(startFact),
    transitions: [
      ...sql.transitionsBefore.all(sinceMs).map(transition),
      ...sql.transitions.all(sinceMs, untilMs).map(transition),
    ],
    incidents: sql.incidents.all(sinceMs, untilMs).map((row) => JSON.parse(text(row, "record")) as Incident),
    deployments: sql.deployments.all(sinceMs, untilMs).map(deployment),
    completeFromMs: {
      starts: Math.max(0, ...fullMs),
      transitions: completeFrom("transition", keptTransitions, "transition_ms"),
      incidents: completeFrom("incident", keptIncidents, "incident_ms"),
      deployments: completeFrom("deployment", keptPeriods, "deployment_ms"),
    },
  };
}

function statements(database: DatabaseSync) {
  const prepare = (query: string) => database.prepare(query);
  const periods = (table: "watched" | "held") => ({
    keep: prepare(
      `INSERT INTO ${table} (since_ms, until_ms) VALUES (?, ?)
       ON CONFLICT (since_ms) DO UPDATE SET until_ms = excluded.until_ms`,
    ),
    forget: prepare(
      `DELETE FROM ${table} WHERE since_ms <=
       (SELECT since_ms FROM ${table} ORDER BY since_ms DESC LIMIT 1 OFFSET ?)`,
    ),
    within: prepare(`SELECT * FROM ${table} WHERE until_ms > ? AND since_ms < ? ORDER BY since_ms`),
  });
  return {
    watched: periods("watched"),
    held: periods("held"),
    keepDeployment: prepare(
      "INSERT INTO deployments (began_ms, ended_ms, outcome, phase) VALUES (?, ?, ?, ?)",
    ),
    forgetDeployments: prepare("DELETE FROM deployments WHERE id <= ?"),
    deployments: prepare("SELECT * FROM deployments WHERE ended_ms >= ? AND ended_ms <= ? ORDER BY id"),
    starts: prepare(
      `SELECT service, outcome, began_ms, record ->> '$.fromStart' AS from_start,
              record ->> '$.status.startedMs' AS started_ms, record ->> '$.status.readyMs' AS ready_ms,
              record ->> '$.failure.reason' AS reason
       FROM (SELECT *, record ->> '$.beganMs' AS began_ms FROM starts WHERE outcome IN ('ready', 'failed'))
       WHERE began_ms >= ? AND began_ms <= ? ORDER BY id`,
    ),
    fullServices: prepare(
      `SELECT min(record ->> '$.beganMs') AS began_ms FROM starts GROUP BY service HAVING count(*) >= ?`,
    ),
    transitions: prepare("SELECT * FROM transitions WHERE at_ms >= ? AND at_ms <= ? ORDER BY seq"),
    transitionsBefore: prepare(
      `SELECT * FROM transitions WHERE seq IN
       (SELECT max(seq) FROM transitions WHERE at_ms < ? GROUP BY service) ORDER BY seq`,
    ),
    incidents: prepare(
      `SELECT record FROM incidents WHERE record ->> '$.openedMs' >= ? AND record ->> '$.openedMs' <= ?
       ORDER BY id`,
    ),
    last: prepare(
      `SELECT (SELECT max(seq) FROM transitions) AS transition,
              (SELECT min(at_ms) FROM transitions) AS transition_ms,
              (SELECT max(id) FROM incidents) AS incident,
              (SELECT record ->> '$.openedMs' FROM incidents ORDER BY id LIMIT 1) AS incident_ms,
              (SELECT max(id) FROM deployments) AS deployment,
              (SELECT ended_ms FROM deployments ORDER BY id LIMIT 1) AS deployment_ms`,
    ),
  };
}

function period(row: Row): Period {
  return { sinceMs: Number(row["since_ms"]), untilMs: Number(row["until_ms"]) };
}

function startFact(row: Row): StartFact {
  return {
    service: text(row, "service"),
    beganMs: Number(row["began_ms"]),
    startedMs: numberOr(row["started_ms"]),
    readyMs: numberOr(row["ready_ms"]),
    outcome: text(row, "outcome") as StartFact["outcome"],
    reason: row["reason"] === null ? undefined : text(row, "reason"),
    fromStart: row["from_start"] === 1,
  };
}

function deployment(row: Row): Deployment {
  return {
    beganMs: Number(row["began_ms"]),
    endedMs: Number(row["ended_ms"]),
    outcome: text(row, "outcome") as Deployment["outcome"],
    ...(row["phase"] === null ? {} : { phase: text(row, "phase") }),
  };
}

function numberOr(value: unknown): number | undefined {
  return value === null ? undefined : Number(value);
}
