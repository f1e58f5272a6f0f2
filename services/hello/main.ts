/** Greets with what the database says. */
import { createServer } from "node:http";
import { Pool } from "pg";

const database = new Pool({
  connectionString: process.env["DATABASE_URL"],
  max: 2,
  connectionTimeoutMillis: 2000,
});
database.on("error", (error) => console.error(`the database connection was lost: ${error.message}`));

const server = createServer((_request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  database.query<{ hello: string }>("SELECT 'world' AS hello").then(
    ({ rows: [row] }) => answer(200, { hello: row?.hello }),
    () => answer(503, { reason: "the database does not answer" }),
  );
});
server.listen(8080);

process.once("SIGTERM", () => {
  server.close(() => void database.end());
  server.closeAllConnections();
});
