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
export function rowWriter(database: DatabaseSync): {
  service(service: string, row: DesiredRow | undefined): void;
  fact(name: string, json: string | undefined): void;
} {
  const prepare = (query: string) => database.prepare(query);
  const keepService = prepare(
    `INSERT INTO desired (service, record, secrets) VALUES (?, ?, ?)
     ON CONFLICT (service) DO UPDATE SET record = excluded.record, secrets = excluded.secrets`,
  );
  const forgetService = prepare("DELETE FROM desired WHERE service = ?");
  const keepFact = prepare(
    `INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  const forgetFact = prepare("DELETE FROM facts WHERE name = ?");
  return {
    service: (service, row) => {
      if (row === undefined) forgetService.run(service);
      else keepService.run(service, row.record, row.secrets ?? null);
    },
    fact: (name, json) => {
      if (json === undefined) forgetFact.run(name);
      else keepFact.run(name, json);
    },
  };
}
