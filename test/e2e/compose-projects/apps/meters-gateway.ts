import { createSocket } from "node:dgram";
import { listen } from "./answer.ts";
import { brokerChannel, send } from "./broker.ts";

// Takes readings of meters by UDP ("meter-7 21.5") and by HTTP, and gives them to the writer.
const broker = await brokerChannel("readings");
const take = (meter: string, value: number) => send(broker, "readings", { meter, value });

const socket = createSocket("udp4");
socket.on("message", (message) => {
  const [, meter, value] = /^([\w-]+) (-?[\d.]+)\s*$/.exec(message.toString()) ?? [];
  if (meter !== undefined) take(meter, Number(value));
});
socket.bind(9125);
listen({
  "GET /health": async () => {
    await broker.checkQueue("readings");
    return { ready: true };
  },
  "POST /readings": ({ body }) => {
    const { meter, value } = body as { readonly meter: string; readonly value: number };
    take(meter, value);
    return Promise.resolve({ taken: true });
  },
});
