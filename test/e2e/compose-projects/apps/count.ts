import { createSocket } from "node:dgram";

const socket = createSocket("udp4").unref();

/** Adds one to a count of statsd. What is lost on the way is lost. */
export function count(name: string): void {
  const [host, port] = (process.env["STATSD"] ?? "statsd:8125").split(":");
  socket.send(`${name}:1|c`, Number(port), host, () => undefined);
}
