import type { EndpointOf } from "../../model/endpoint.ts";
import { converse } from "../conversation.ts";
import { AnswerError } from "../network-cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { ClosedByBroker } from "./cause.ts";
import type { Method } from "./frames.ts";
import {
  frameLength,
  long,
  longText,
  method,
  methodIn,
  protocolHeader,
  short,
  shortText,
  shortTextAt,
  table,
} from "./frames.ts";

/** A connection to an AMQP 0-9-1 broker, with one channel, for one attempt. To be disposed of, which has it closed. */
export interface AmqpSession {
  /** A queue that is there. What it has to say of itself is as of now. */
  queue(name: string): Promise<{ readonly messages: number; readonly consumers: number }>;
  [Symbol.dispose](): void;
}

const start = "10.10";
const startOk = "10.11";
const tune = "10.30";
const tuneOk = "10.31";
const open = "10.40";
const openOk = "10.41";
const close = "10.50";
const closeOk = "10.51";
const openChannel = "20.10";
const openChannelOk = "20.11";
const closeChannel = "20.40";
const declareQueue = "50.10";
const declareQueueOk = "50.11";

/** What a broker needs to know of its client; it says then why it closes a connection whose log-in it refuses. */
const clientProperties = table({
  product: "phasegate-probe",
  connection_name: "phasegate-probe",
  capabilities: table({ authentication_failure_close: true }),
});

/**
 * Connects, logs in, opens the virtual host and a channel in it. It is spoken by hand: clients for Node.js keep the words
 * back with which a broker refuses a virtual host. There is nothing to cancel: what a broker does for a client ends
 * with its connection.
 */
export async function openAmqp(endpoint: EndpointOf<"amqp">, context: AttemptContext): Promise<AmqpSession> {
  const conversation = await converse(endpoint, context);
  /** The next method, which must be the wanted one. */
  const receive = async (wanted: string): Promise<Method> => {
    for (;;) {
      const received = methodIn(await conversation.receive(frameLength));
      if (received === undefined) continue;
      if (received.id === wanted) return received;
      if (received.id === close || received.id === closeChannel) {
        if (received.id === close) conversation.close(method(0, closeOk));
        throw new ClosedByBroker(received.fields.readUInt16BE(0), shortTextAt(received.fields, 2));
      }
      throw new AnswerError("answered out of turn for AMQP 0-9-1");
    }
  };
  try {
    context.step("waiting for the broker");
    conversation.send(protocolHeader);
    await receive(start);
    context.step("logging in");
    const response = `\0${endpoint.user}\0${context.fill(endpoint.password)}`;
    const account = [clientProperties, shortText("PLAIN"), longText(response), shortText("en_US")];
    conversation.send(method(0, startOk, ...account));
    const { fields: limits } = await receive(tune);
    // Channels and frames as the broker has them, and no heartbeat: an attempt is short.
    conversation.send(
      method(0, tuneOk, short(limits.readUInt16BE(0)), long(limits.readUInt32BE(2)), short(0)),
    );
    context.step(`opening the virtual host ${endpoint.vhost}`);
    conversation.send(method(0, open, shortText(endpoint.vhost), shortText(""), Buffer.from([0])));
    await receive(openOk);
    context.step("opening a channel");
    conversation.send(method(1, openChannel, shortText("")));
    await receive(openChannelOk);
  } catch (error) {
    conversation[Symbol.dispose]();
    throw error;
  }
  return {
    async queue(name) {
      context.step(`waiting for the queue ${name}`);
      const passive = Buffer.from([1]);
      conversation.send(method(1, declareQueue, short(0), shortText(name), passive, table({})));
      const { fields } = await receive(declareQueueOk);
      const at = 1 + (fields[0] ?? 0);
      return { messages: fields.readUInt32BE(at), consumers: fields.readUInt32BE(at + 4) };
    },
    [Symbol.dispose]() {
      conversation.close(method(0, close, short(200), shortText("done"), short(0), short(0)));
      conversation[Symbol.dispose]();
    },
  };
}
