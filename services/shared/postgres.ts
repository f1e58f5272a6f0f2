import { Pool, type QueryResultRow } from "pg";
import type { FastifyBaseLogger } from "fastify";
import { about, addressOf, reasonOf } from "./failure-reason.ts";

/** A pool whose failures name the server they are about. */
export interface Postgres {
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Asks the server something real through the pool. */
  check(): Promise<{ readonly connections: number }>;
  close(): Promise<void>;
}

export function createPostgres(url: string, log: FastifyBaseLogger): Postgres {
  const subject = `PostgreSQL at ${addressOf(url)}`;
  const pool = new Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 2_000,
    query_timeout: 3_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next query; without a listener it would end the process.
  pool.on("error", (error) => log.warn({ reason: `${subject}: ${reasonOf(error)}` }, "idle connection lost"));

  const query = <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
    about(subject, async () => (await pool.query<Row>(sql, [...values])).rows);

  return {
    query,
    async check() {
      await query("SELECT count(*) FROM pg_catalog.pg_class");
      return { connections: pool.totalCount };
    },
    close: () => pool.end(),
  };
}
