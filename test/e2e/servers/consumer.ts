/** Stays connected to the broker, and ends when its connection does, as many clients do. */
import { connect } from "node:net";
import {
  frameLength,
  longText,
  method,
  methodIn,
  protocolHeader,
  short,
  shortText,
  table,
} from "../../../lib/probe/amqp/frames.ts";

const { hostname, port, username, password, pathname } = new URL(process.env["BROKER_URL"] ?? "");
const socket = connect(Number(port), hostname, () => socket.write(protocolHeader));
let arrived = Buffer.alloc(0);

/** What is answered to each method of the broker. */
const answers: Readonly<Record<string, (fields: Buffer) => void>> = {
  "10.10": () => {
    const account = longText(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`);
    socket.write(method(0, "10.11", table({}), shortText("PLAIN"), account, shortText("en_US")));
  },
  "10.30": (limits) => {
    // As many channels and as long frames as the broker has, and no heartbeat.
    socket.write(method(0, "10.31", limits.subarray(0, 6), short(0)));
    const vhost = shortText(decodeURIComponent(pathname.slice(1)));
    socket.write(method(0, "10.40", vhost, shortText(""), Buffer.from([0])));
  },
  "10.41": () => console.log("connected to the broker"),
};

socket.on("data", (data: Buffer) => {
  arrived = Buffer.concat([arrived, data]);
  for (let length = frameLength(arrived); length !== undefined; length = frameLength(arrived)) {
    const received = methodIn(arrived.subarray(0, length));
    if (received !== undefined) answers[received.id]?.(received.fields);
    arrived = arrived.subarray(length);
  }
});
socket.on("error", (error) => console.error(error.message));
socket.on("close", () => process.exit(1));
