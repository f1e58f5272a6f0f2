import { createHmac } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../core/errors.ts";
import type { GateRecord, StartOutcome, StartRecord } from "../model/history.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import type { History } from "./history.ts";
import { unreadable } from "./history.ts";
import type { GoodStart } from "./recorder.ts";
import type { Row } from "./rows.ts";
import { page, text } from "./rows.ts";
import type { Setup } from "./setup.ts";
import { storedFigures } from "./stored-figures.ts";
import { storedTransitions } from "./stored-transitions.ts";
import type { Say } from "./writing.ts";
import { writing } from "./writing.ts";

/** How many starts of a service are kept. A 99th percentile by nearest rank asks for 100. */
export const keptStarts = 200;
/** How many starts are kept in all: services that are no more leave theirs behind. */
export const keptStartsInAll = 50_000;
/** How many verdicts of a phase's gate are kept: so many that opened it, and so many that did not. */
export const keptVerdicts = 50;

/** The history in an open database of the latest version. It closes the database with itself. */
export function storedHistory(database: DatabaseSync, say: Say, defer?: (work: () => void) => void): History {
  const { write, flush, problem } = writing(database, say, defer);
  const sql = statements(database);
  const supervision = storedTransitions(database);
  const key = sql.key.get()?.["key"] as Uint8Array;
  let lastId = Number(sql.lastId.get()?.["id"] ?? 0);
  const lastNumbers = supervision.lastNumbers();

  /** Reads, after what is to be written has been. */
  const reading = <T>(read: () => T): T => {
    flush();
    try {
      return read();
    } catch (error) {
      throw unreadable(errorText(error), error);
    }
  };

  const keep = (id: number, record: StartRecord) => {
    const { outcome, ...rest } = record;
    const { service } = record.status;
    sql.keepStart.run(id, service, outcome, JSON.stringify(rest));
    sql.forgetStarts.run(service, service, keptStarts);
    sql.forgetOldest.run(id - keptStartsInAll);
  };

  return {
    start: () => {
      const id = ++lastId;
      return (record) => write(() => keep(id, record), `start ${id}`);
    },
    good: (service, { readyMs, setup, spec }) =>
      write(() =>
        sql.keepGood.run(
          service,
          readyMs,
          setup === undefined ? null : JSON.stringify(setup),
          JSON.stringify(spec),
        ),
      ),
    verdict: (record) =>
      write(() => {
        const opened = Number(record.opened);
        sql.keepGate.run(record.phase, opened, JSON.stringify(record));
        sql.forgetGates.run(record.phase, opened, record.phase, opened, keptVerdicts);
      }),
    transition: (transition) => write(() => supervision.keepTransition(transition)),
    incident: (incident) => write(() => supervision.keepIncident(incident), `incident ${incident.id}`),
    lastNumbers,
    lastGood: (service) => {
      flush();
      try {
        return goodStart(sql.good.get(service));
      } catch (error) {
        say("history-unreadable", { error: errorText(error) });
        return undefined;
      }
    },
    // 16 bits: a change shows, and whoever has a fingerprint and the key cannot tell a right guess from a wrong one.
    fingerprint: (value) => createHmac("sha256", key).update(value).digest("hex").slice(0, 4),
    starts: ({ services, last }) =>
      reading(() =>
        services === undefined
          ? page(sql.starts, startRecord, last)
          : page(sql.startsOfServices, startRecord, JSON.stringify(services), last),
      ),
    closedGates: ({ phase, last }) =>
      reading(() =>
        phase === undefined
          ? page(sql.closedGates, gateRecord, last)
          : page(sql.closedGatesOfPhase, gateRecord, phase, last),
      ),
    lastOpenedMs: (phase) =>
      reading(() => {
        const row = sql.lastOpened.get(phase);
        return row && gateRecord(row).atMs;
      }),
    transitions: (query) => reading(() => supervision.transitions(query)),
    incidents: (query) => reading(() => supervision.incidents(query)),
    figures: storedFigures(database, { write, reading, keptStarts }),
    problem,
    close: () => {
      flush();
      database.close();
    },
  };
}

function statements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  return {
    key: prepare("SELECT key FROM fingerprint_key"),
    lastId: prepare("SELECT max(id) AS id FROM starts"),
    keepStart: prepare(
      `INSERT INTO starts (id, service, outcome, record) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, record = excluded.record`,
    ),
    forgetStarts: prepare(
      `DELETE FROM starts WHERE service = ?
       AND id <= (SELECT id FROM starts WHERE service = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    ),
    forgetOldest: prepare("DELETE FROM starts WHERE id <= ?"),
    keepGood: prepare(
      `INSERT INTO good (service, ready_ms, setup, spec) VALUES (?, ?, ?, ?)
       ON CONFLICT (service) DO UPDATE
       SET ready_ms = excluded.ready_ms, setup = excluded.setup, spec = excluded.spec`,
    ),
    good: prepare("SELECT ready_ms, setup, spec FROM good WHERE service = ?"),
    keepGate: prepare("INSERT INTO gates (phase, opened, record) VALUES (?, ?, ?)"),
    forgetGates: prepare(
      `DELETE FROM gates WHERE phase = ? AND opened = ?
       AND id <= (SELECT id FROM gates WHERE phase = ? AND opened = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    ),
    starts: prepare("SELECT outcome, record FROM starts ORDER BY id DESC LIMIT ?"),
    startsOfServices: prepare(
      `SELECT outcome, record FROM starts WHERE service IN (SELECT value FROM json_each(?))
       ORDER BY id DESC LIMIT ?`,
    ),
    closedGates: prepare("SELECT record FROM gates WHERE opened = 0 ORDER BY id DESC LIMIT ?"),
    closedGatesOfPhase: prepare(
      "SELECT record FROM gates WHERE opened = 0 AND phase = ? ORDER BY id DESC LIMIT ?",
    ),
    lastOpened: prepare("SELECT record FROM gates WHERE opened = 1 AND phase = ? ORDER BY id DESC LIMIT 1"),
  };
}

function startRecord(row: Row): StartRecord {
  const rest = JSON.parse(text(row, "record")) as Omit<StartRecord, "outcome">;
  return { ...rest, outcome: text(row, "outcome") as StartOutcome };
}

function gateRecord(row: Row): GateRecord {
  return JSON.parse(text(row, "record")) as GateRecord;
}

function goodStart(row: Row | undefined): GoodStart | undefined {
  if (row === undefined) return undefined;
  return {
    readyMs: Number(row["ready_ms"]),
    setup: row["setup"] === null ? undefined : (JSON.parse(text(row, "setup")) as Setup),
    spec: JSON.parse(text(row, "spec")) as ReadinessSpec,
  };
}
