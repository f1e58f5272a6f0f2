/** Answers every request with a greeting. */
import { createServer } from "node:http";

createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ hello: "world" }));
}).listen(8080);
process.once("SIGTERM", () => process.exit(0));
