/** Keeps what it is sent, with its headers, and gives it back; OTLP as well as alerts. */
import { createServer } from "node:http";

const received: { path: string; headers: object; body: string }[] = [];

createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
  request.on("end", () => {
    const { url: path = "/", headers, method } = request;
    if (method === "POST") received.push({ path, headers, body });
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(method === "POST" ? {} : received));
  });
}).listen(8080);
process.once("SIGTERM", () => process.exit(0));
