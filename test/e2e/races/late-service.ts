/** A service as teams have them: /health answers at once, what it is for works a few seconds later. */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const readyAtMs = Date.now() + Number(process.env["LATE_MS"]);
const sockets = new WebSocketServer({ noServer: true });

const server = createServer(({ url }, response) => {
  const ready = url === "/health" || Date.now() >= readyAtMs;
  response.writeHead(ready ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ ready }));
});
server.on("upgrade", (request, socket, head) => {
  if (Date.now() < readyAtMs) {
    socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => client.on("message", () => client.send("pong")));
});
server.listen(8080);
process.once("SIGTERM", () => process.exit(0));
