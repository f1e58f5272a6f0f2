import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { UnavailableError, about, addressOf } from "../shared/failure-reason.ts";

/** One answer of an agent, as it is kept. */
export interface AgentEvent {
  readonly id: string;
  readonly agent: string;
  readonly subject: string;
  readonly input: string;
  readonly answer: string;
}

export interface EventStore {
  /** Creates the table where it is missing. */
  prepare(): Promise<void>;
  write(event: AgentEvent): Promise<void>;
  /** @param id a UUID, checked by the caller: it becomes part of a query. */
  read(id: string): Promise<AgentEvent | undefined>;
  /** Asks the server for the table. */
  check(): Promise<{ readonly version: string }>;
  close(): Promise<void>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isEventId(text: string): boolean {
  return uuid.test(text);
}

/** Events in ClickHouse. Statements keep to what both a server of 2018 and one of today understand. */
export function createEventStore(url: string): EventStore {
  const subject = `ClickHouse at ${addressOf(url)}`;
  const clickhouse = createClient({
    url,
    request_timeout: 3_000,
    max_open_connections: 5,
    log: { level: ClickHouseLogLevel.OFF },
  });

  async function rows<Row>(query: string): Promise<readonly Row[]> {
    return about(subject, async () => {
      const result = await clickhouse.query({ query, format: "JSONEachRow" });
      return result.json<Row>();
    });
  }

  return {
    async prepare() {
      await about(subject, () =>
        clickhouse.command({
          query: `
            CREATE TABLE IF NOT EXISTS events (
              id String, agent String, subject String, input String, answer String,
              at DateTime DEFAULT now()
            ) ENGINE = MergeTree() PARTITION BY toYYYYMM(at) ORDER BY id`,
        }),
      );
    },
    async write(event) {
      await about(subject, () =>
        clickhouse.insert({
          table: "events",
          values: [event],
          columns: ["id", "agent", "subject", "input", "answer"],
          format: "JSONEachRow",
        }),
      );
    },
    async read(id) {
      // Old servers know no query parameters, so the value is let through only in its exact form.
      if (!isEventId(id)) throw new RangeError("an event's id is a UUID");
      const [event] = await rows<AgentEvent>(
        `SELECT id, agent, subject, input, answer FROM events WHERE id = '${id}' LIMIT 1`,
      );
      return event;
    },
    async check() {
      const [server] = await rows<{ version: string; tables: string }>(
        `SELECT version() AS version, count() AS tables FROM system.tables
         WHERE database = currentDatabase() AND name = 'events'`,
      );
      if (server === undefined) throw new UnavailableError(`${subject}: no answer to a query`);
      if (Number(server.tables) === 0) throw new UnavailableError(`${subject}: the table events is missing`);
      return { version: server.version };
    },
    close: () => clickhouse.close(),
  };
}
