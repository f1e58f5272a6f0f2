import { createSocket } from "node:dgram";
import { listen } from "./answer.ts";

// Counts what comes by UDP ("orders.placed:1|c"), and shows it by HTTP.
const counts: Record<string, number> = {};
const socket = createSocket("udp4");
socket.on("message", (message) => {
  const [, name = "", value = "0"] = /^([\w.]+):(\d+)\|c/.exec(message.toString()) ?? [];
  if (name !== "") counts[name] = (counts[name] ?? 0) + Number(value);
});
socket.bind(8125);
listen({
  "GET /health": () => Promise.resolve({ ready: true }),
  "GET /counts": () => Promise.resolve(counts),
});
