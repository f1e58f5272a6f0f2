import type { DatabaseSync } from "node:sqlite";

/**
 * The steps that make a history of the version before into the next one; the first makes an empty file into
 * version 1. A step that has been released is never changed. The columns `record`, `setup`, `spec` and `cause`
 * hold the JSON of types of lib/model, `desired.record` that of one of lib/supervision: a change there that older
 * records do not bear is a step here, too.
 */
export const steps: readonly string[] = [
  `
  CREATE TABLE starts (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    outcome TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX starts_of_service ON starts (service, id);
  CREATE INDEX starts_by_outcome ON starts (outcome) WHERE outcome = 'under-way';

  CREATE TABLE gates (
    id INTEGER PRIMARY KEY,
    phase TEXT NOT NULL,
    opened INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX gates_of_phase ON gates (phase, id);

  -- What each service was started from when it last became ready.
  CREATE TABLE good (
    service TEXT PRIMARY KEY,
    ready_ms INTEGER NOT NULL,
    setup TEXT,
    expectation TEXT NOT NULL
  ) STRICT;

  -- The key of the fingerprints. It leaves this file as little as they do.
  CREATE TABLE fingerprint_key (key BLOB NOT NULL) STRICT;
  INSERT INTO fingerprint_key VALUES (randomblob(32));
  `,
  // Renames: story to status, registration to specHash, expectation to spec.
  `
  UPDATE starts SET record = ${withStatus("record")} WHERE json_type(record, '$.story') IS NOT NULL;
  UPDATE gates SET record = json_set(record, '$.failures', json((
    SELECT json_group_array(${withStatus("value")} ORDER BY key) FROM json_each(record, '$.failures')
  ))) WHERE json_type(record, '$.failures[0].story') IS NOT NULL;
  UPDATE gates SET record =
    json_remove(json_set(record, '$.edges.statuses', json_extract(record, '$.edges.stories')), '$.edges.stories')
    WHERE json_type(record, '$.edges.stories') IS NOT NULL;
  ALTER TABLE good RENAME COLUMN expectation TO spec;
  `,
  // What supervision keeps.
  `
  CREATE TABLE transitions (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    service TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    cause TEXT NOT NULL,
    generation INTEGER NOT NULL,
    incident INTEGER
  ) STRICT;
  CREATE INDEX transitions_of_service ON transitions (service, seq);

  CREATE TABLE incidents (id INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;

  -- What an up has applied and what the coordinator is about to do: lib/desired. Each is one b-tree, so that a check of the
  -- table is a check of all of it.
  CREATE TABLE desired (
    service TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    -- Sealed. NULL: it has none; empty: it has some, and they were not kept.
    secrets BLOB
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // Alerts, what is still to be delivered of them, silences, and what was dropped: lib/coordinator/observers/alerts.
  `
  CREATE TABLE alerting (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  `,
  // What the success figures come from.
  `
  CREATE TABLE deployments (
    id INTEGER PRIMARY KEY,
    began_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    phase TEXT
  ) STRICT;

  -- When a coordinator was there, and when the stack was held.
  CREATE TABLE watched (since_ms INTEGER PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE held (since_ms INTEGER PRIMARY KEY, until_ms INTEGER NOT NULL) STRICT;

  -- Attempts, as they were for a day, by the minute for a week, by the hour for a quarter. The id is the number of the minute, or
  -- the hour, times 65536, and the probe's: rows stand in the order of time, and what is old is one range.
  CREATE TABLE probes (
    id INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    probe TEXT NOT NULL,
    kind TEXT NOT NULL,
    UNIQUE (service, probe, kind)
  ) STRICT;
  CREATE TABLE attempts (id INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT;
  CREATE TABLE minutes (
    id INTEGER PRIMARY KEY,
    passed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    sum_ms REAL NOT NULL,
    max_ms REAL NOT NULL,
    digest BLOB NOT NULL
  ) STRICT;
  CREATE TABLE hours (
    id INTEGER PRIMARY KEY,
    passed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    sum_ms REAL NOT NULL,
    max_ms REAL NOT NULL,
    digest BLOB NOT NULL
  ) STRICT;
  `,
];

/** The JSON object in a column with its `story` renamed to `status`, and in that `registration` to `specHash`. */
function withStatus(column: string): string {
  const status = `json_set(
    json_remove(json_extract(${column}, '$.story'), '$.registration'),
    '$.specHash', json_extract(${column}, '$.story.registration')
  )`;
  return `json_remove(json_set(${column}, '$.status', ${status}), '$.story')`;
}

/**
 * Brings a history to the latest version, each step in a transaction of its own.
 * @throws RangeError when a newer program has written it
 */
export function migrate(database: DatabaseSync, to: readonly string[] = steps): void {
  const version = versionOf(database);
  if (version > to.length) {
    throw new RangeError(
      `it is of version ${version}, and this coordinator knows versions up to ${to.length}: a newer one has written it`,
    );
  }
  for (const [i, step] of to.entries()) {
    if (i < version) continue;
    inTransaction(database, () => database.exec(`${step}; PRAGMA user_version = ${i + 1}`));
  }
}

/** The version that a history has. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Does all of it or nothing. */
export function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    // SQLite has ended the transaction itself after some errors, a full disk among them.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
