/** Stands in for the services of the examples: it answers whatever it is asked, on the ports that they name. */
import { createSocket } from "node:dgram";
import { createServer } from "node:http";

for (const signal of ["SIGTERM", "SIGQUIT"] as const) process.once(signal, () => process.exit(0));
for (const port of [53, 80, 8025, 8080, 8443, 9100]) {
  const server = createServer((_, response) => response.end("here"));
  // A user may have no right to the low ones.
  server.on("error", () => undefined);
  server.listen(port);
}
const datagrams = createSocket("udp4");
datagrams.on("error", () => undefined);
datagrams.on("message", (_, { port, address }) => datagrams.send("here", port, address));
datagrams.bind(53);
