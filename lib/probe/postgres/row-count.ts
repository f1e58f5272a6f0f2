import type { Connection, Submittable } from "pg";

/** The part of a connection that the library's types leave out. */
type RowCountConnection = Connection & { sendCopyFail(message: string): void };

/**
 * A query for pg that counts rows instead of keeping them: neither their number nor their values take
 * memory. It uses the extended protocol, for two reasons: a text with several statements is refused by the
 * server, and the server itself stops after `limit` rows.
 *
 * pg calls the handlers, one for each message of PostgreSQL's protocol (its contract for custom queries, as
 * pg-cursor uses it).
 */
export function rowCount(statement: string, limit: number): { query: Submittable; rows: Promise<number> } {
  const { promise: rows, resolve, reject } = Promise.withResolvers<number>();
  // Nobody waits for the rows of a query that could not be sent.
  rows.catch(ignore);
  let count = 0;
  const query = {
    submit(connection: Connection): void {
      connection.parse({ name: "", text: statement, types: [] }, true);
      connection.bind({}, true);
      connection.execute({ rows: String(limit) }, true);
      connection.sync();
    },
    handleDataRow(): void {
      count += 1;
    },
    handleReadyForQuery: () => resolve(count),
    handleError: (error: Error) => reject(error),
    handleCopyInResponse: (connection: RowCountConnection) =>
      connection.sendCopyFail("a probe sends no data"),
    handleRowDescription: ignore,
    handlePortalSuspended: ignore,
    handleCommandComplete: ignore,
    handleEmptyQuery: ignore,
    handleCopyData: ignore,
  };
  return { query, rows };
}

function ignore(): void {}
