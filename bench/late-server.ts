/** Answers / by 503 until LATE_MS after its start, and by 200 from then on. */
import { createServer } from "node:http";

const readyAtMs = Date.now() + Number(process.env["LATE_MS"]);
createServer((_, response) => response.writeHead(Date.now() < readyAtMs ? 503 : 200).end()).listen(8080);
process.once("SIGTERM", () => process.exit(0));
