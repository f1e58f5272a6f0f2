/** A service as teams have them: /health answers at once, and what it is for works LATE_MS after its start. It says when. */
import { createServer } from "node:http";

let works = false;
createServer(({ url }, response) => {
  const ready = url === "/health" || works;
  response.writeHead(ready ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify(ready ? { ready } : { error: "the price list is being loaded" }));
}).listen(8080);
setTimeout(() => {
  works = true;
  console.log(JSON.stringify({ worksSinceMs: Date.now() }));
}, Number(process.env["LATE_MS"]));
process.once("SIGTERM", () => process.exit(0));
