import type { DatabaseSync } from "node:sqlite";
import type { StateCauseText } from "../model/status.ts";
import type { Incident, Transition } from "../model/transition.ts";
import type { IncidentQuery, TransitionQuery } from "./history.ts";
import type { Page, Row } from "./rows.ts";
import { page, text } from "./rows.ts";

/** How many transitions are kept. */
export const keptTransitions = 20_000;
/** How many incidents are kept. */
export const keptIncidents = 500;

/** The transitions and incidents in a database. Every function of it throws what SQLite throws. */
export interface StoredTransitions {
  keepTransition(transition: Transition): void;
  /** In the place of what was kept of it before. */
  keepIncident(incident: Incident): void;
  transitions(query: TransitionQuery): Page<Transition>;
  incidents(query: IncidentQuery): Page<Incident>;
  /** The highest numbers that were kept; 0 where there is none. */
  lastNumbers(): { readonly transition: number; readonly incident: number };
}

export function storedTransitions(database: DatabaseSync): StoredTransitions {
  const sql = statements(database);
  return {
    keepTransition: ({ seq, atMs, service, from, to, cause, generation, incident }) => {
      sql.keepTransition.run(
        seq,
        atMs,
        service,
        from,
        to,
        JSON.stringify(cause),
        generation,
        incident ?? null,
      );
      sql.forgetTransitions.run(seq - keptTransitions);
    },
    keepIncident: (incident) => {
      sql.keepIncident.run(incident.id, JSON.stringify(incident));
      sql.forgetIncidents.run(incident.id - keptIncidents);
    },
    transitions: ({ afterSeq = 0, services, last, oldest = false }) => {
      const order = oldest ? sql.oldest : sql.newest;
      return services === undefined
        ? page(order.transitions, transition, afterSeq, last)
        : page(order.transitionsOfServices, transition, JSON.stringify(services), afterSeq, last);
    },
    incidents: ({ services, last }) =>
      services === undefined
        ? page(sql.incidents, incident, last)
        : page(sql.incidentsOfServices, incident, JSON.stringify(services), last),
    lastNumbers: () => {
      const row = sql.lastNumbers.get() ?? {};
      return { transition: Number(row["transition_seq"]), incident: Number(row["incident_id"]) };
    },
  };
}

function statements(database: DatabaseSync) {
  const prepare = (query: string) => database.prepare(query);
  const inOrder = (order: "ASC" | "DESC") => ({
    transitions: prepare(`SELECT * FROM transitions WHERE seq > ? ORDER BY seq ${order} LIMIT ?`),
    transitionsOfServices: prepare(
      `SELECT * FROM transitions WHERE service IN (SELECT value FROM json_each(?)) AND seq > ?
       ORDER BY seq ${order} LIMIT ?`,
    ),
  });
  return {
    keepTransition: prepare(
      `INSERT INTO transitions (seq, at_ms, service, from_state, to_state, cause, generation, incident)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    forgetTransitions: prepare("DELETE FROM transitions WHERE seq <= ?"),
    keepIncident: prepare(
      `INSERT INTO incidents (id, record) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
    ),
    forgetIncidents: prepare("DELETE FROM incidents WHERE id <= ?"),
    newest: inOrder("DESC"),
    oldest: inOrder("ASC"),
    incidents: prepare("SELECT record FROM incidents ORDER BY id DESC LIMIT ?"),
    incidentsOfServices: prepare(
      `SELECT record FROM incidents
       WHERE EXISTS (SELECT 1 FROM json_each(record, '$.services') WHERE key IN (SELECT value FROM json_each(?)))
       ORDER BY id DESC LIMIT ?`,
    ),
    lastNumbers: prepare(
      `SELECT (SELECT coalesce(max(seq), 0) FROM transitions) AS transition_seq,
              (SELECT coalesce(max(id), 0) FROM incidents) AS incident_id`,
    ),
  };
}

/** A row of the table of transitions. */
export function transition(row: Row): Transition {
  return {
    seq: Number(row["seq"]),
    atMs: Number(row["at_ms"]),
    service: text(row, "service"),
    from: text(row, "from_state") as Transition["from"],
    to: text(row, "to_state") as Transition["to"],
    cause: JSON.parse(text(row, "cause")) as StateCauseText,
    generation: Number(row["generation"]),
    ...(row["incident"] === null ? {} : { incident: Number(row["incident"]) }),
  };
}

function incident(row: Row): Incident {
  return JSON.parse(text(row, "record")) as Incident;
}
