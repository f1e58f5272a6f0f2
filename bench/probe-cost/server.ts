/** One server for the probes of many protocols, each at a port of its own: it answers at once, so that the prober is what is measured. */
import { createServer as createHttp } from "node:http";
import { createServer, type Socket } from "node:net";
import { Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { WebSocketServer } from "ws";
import { fakeKafka, metadataOf, topicIn } from "../../test/support/fake-kafka.ts";
import { fakeMongodb, standalone } from "../../test/support/fake-mongodb.ts";
import { ports } from "./services.ts";

const http = createHttp(({ url = "" }, response) => {
  if (url.startsWith("/uploads"))
    return void response.writeHead(200, { "content-type": "application/xml" }).end("<ListBucketResult/>");
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ ready: true, parts: ["a", "b"], uptime: 1234 }));
});
const sockets = new WebSocketServer({ server: http });
sockets.on("connection", (client) => client.on("message", () => client.send("pong")));
http.listen(ports.http);

const grpc = new GrpcServer();
const asIs = (bytes: Buffer) => bytes;
grpc.addService(
  {
    check: {
      path: "/grpc.health.v1.Health/Check",
      ...{ requestStream: false, responseStream: false },
      ...{
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
  },
  // SERVING: field 1, a varint.
  {
    check: (_call: unknown, answer: (error: null, reply: Buffer) => void) =>
      answer(null, Buffer.from([8, 1])),
  },
);
grpc.bindAsync(`0.0.0.0:${ports.grpc}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
});

const serve = (port: number, onConnection: (socket: Socket) => void) =>
  createServer((socket) => {
    // A client that has its answer may reset the connection.
    socket.on("error", () => socket.destroy());
    onConnection(socket);
  }).listen(port);

serve(ports.smtp, (socket) => {
  socket.write("220 server ESMTP\r\n");
  socket.on("data", (line) => {
    if (String(line).startsWith("QUIT")) socket.end("221 bye\r\n");
    else socket.write("250 server\r\n");
  });
});
serve(ports.memcached, (socket) => {
  socket.on("data", (line) => {
    if (String(line).startsWith("version")) socket.write("VERSION 1.6.18\r\n");
    else socket.end();
  });
});
serve(
  ports.kafka,
  fakeKafka((request) =>
    metadataOf([{ host: "kafka", port: ports.kafka }], { name: topicIn(request) ?? "", leaders: [1] }),
  ),
);
serve(
  ports.mongodb,
  fakeMongodb((command) => {
    if ("hello" in command || "ismaster" in command || "isMaster" in command) return standalone;
    if ("listCollections" in command)
      return { cursor: { id: 0, ns: "app", firstBatch: [{ name: "orders" }] }, ok: 1 };
    return { n: 1, ok: 1 };
  }),
);
console.log("all ports are open");
process.once("SIGTERM", () => process.exit(0));
