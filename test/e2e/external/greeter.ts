/** Answers every request with a greeting; where the setting says so, not in the instance of that name. */
import { createServer } from "node:http";
import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";

const broken = /^not on (.+)$/.exec(process.env["GREETING"] ?? "")?.[1];
const own = new Set(
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
);
const isBroken = broken !== undefined && own.has((await lookup(broken)).address);

createServer((_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ hello: isBroken ? "nobody" : "world" }));
}).listen(8080);
process.once("SIGTERM", () => process.exit(0));
