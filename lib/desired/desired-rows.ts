import type { DatabaseSync } from "node:sqlite";
import { text } from "../history/rows.ts";

/** A service as its row has it. */
export interface DesiredRow {
  /** JSON. */
  readonly record: string;
  /** Sealed. Undefined: the service has no secrets; empty: it has some, and they were not kept. */
  readonly secrets: Uint8Array | undefined;
}

/** All rows of the desired state. */
export interface DesiredRows {
  readonly services: ReadonlyMap<string, DesiredRow>;
  /** The JSON of each fact. */
  readonly facts: ReadonlyMap<string, string>;
}

/** @throws what SQLite throws */
export function readRows(database: DatabaseSync): DesiredRows {
  const services = database.prepare("SELECT service, record, secrets FROM desired ORDER BY service").all();
  const facts = database.prepare("SELECT name, value FROM facts").all();
  return {
    services: new Map(
      services.map((row) => [
        text(row, "service"),
        {
          record: text(row, "record"),
          secrets: row["secrets"] instanceof Uint8Array ? row["secrets"] : undefined,
        },
      ]),
    ),
    facts: new Map(facts.map((row) => [text(row, "name"), text(row, "value")])),
  };
}

/** Writes single rows; undefined takes one away. Each function throws what SQLite throws. */
export interface RowWriter {
  service(service: string, row: DesiredRow | undefined): void;
  fact(name: string, json: string | undefined): void;
}

export function rowWriter(database: DatabaseSync): RowWriter {
  let prepared: ReturnType<typeof statements> | undefined;
  // Not before the first write: a database that has lost its tables is a write that fails, and no more.
  const sql = () => (prepared ??= statements(database));
  return {
    service: (service, row) => {
      if (row === undefined) sql().forgetService.run(service);
      else sql().keepService.run(service, row.record, row.secrets ?? null);
    },
    fact: (name, json) => {
      if (json === undefined) sql().forgetFact.run(name);
      else sql().keepFact.run(name, json);
    },
  };
}

function statements(database: DatabaseSync) {
  const prepare = (query: string) => database.prepare(query);
  return {
    keepService: prepare(
      `INSERT INTO desired (service, record, secrets) VALUES (?, ?, ?)
       ON CONFLICT (service) DO UPDATE SET record = excluded.record, secrets = excluded.secrets`,
    ),
    forgetService: prepare("DELETE FROM desired WHERE service = ?"),
    keepFact: prepare(
      `INSERT INTO facts (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    ),
    forgetFact: prepare("DELETE FROM facts WHERE name = ?"),
  };
}
