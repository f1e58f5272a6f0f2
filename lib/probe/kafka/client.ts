import type { EndpointOf } from "../../model/endpoint.ts";
import { converse } from "../conversation.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { askingForMetadata, LoginRefused } from "./cause.ts";
import type { Reader } from "./frames.ts";
import { list, notKafka, readerOf, request, responseLength, sized, text } from "./frames.ts";
import { scram } from "./scram.ts";

/** Where the cluster tells its clients that a broker is. */
export interface AdvertisedBroker {
  readonly host: string;
  readonly port: number;
}

/** A topic as the cluster has it. */
export interface TopicMetadata {
  /** 0: it is there. */
  readonly error: number;
  /** The partitions, each with the broker that leads it; -1: none does. */
  readonly leaders: readonly number[];
}

/** A connection to a Kafka broker for one attempt. To be disposed of, which has it closed. */
export interface KafkaSession {
  /** The brokers of the cluster, and the topic that is asked for. A topic that is not there is not made by the question. */
  metadata(topic?: string): Promise<{
    readonly brokers: readonly AdvertisedBroker[];
    readonly topic: TopicMetadata | undefined;
  }>;
  [Symbol.dispose](): void;
}

/** Requests by their keys, in versions that every broker since 2.1 speaks, 4.x among them (KIP-896). */
const metadata = [3, 7] as const;
const saslHandshake = [17, 1] as const;
const saslAuthenticate = [36, 0] as const;

const unsupportedMechanism = 33;
const illegalSaslState = 34;

/**
 * Connects, and logs in where the endpoint has an account. It is spoken by hand: clients for Node.js keep connections, make them again
 * in the background, and go on to the addresses that brokers advertise. There is nothing to cancel: what a broker does for a
 * client ends with its connection.
 */
export async function openKafka(
  endpoint: EndpointOf<"kafka">,
  context: AttemptContext,
): Promise<KafkaSession> {
  const conversation = await converse(endpoint, context);
  let number = 0;
  const ask = async ([key, version]: readonly [number, number], body: Buffer): Promise<Reader> => {
    number += 1;
    conversation.send(request(key, version, number, body));
    const response = readerOf((await conversation.receive(responseLength)).subarray(4));
    if (response.long() !== number) throw notKafka();
    return response;
  };
  try {
    const { user, password } = endpoint;
    if (user !== undefined && password !== undefined) {
      context.step("logging in");
      await logIn(ask, endpoint.mechanism ?? "PLAIN", user, context.fill(password));
    }
  } catch (error) {
    conversation[Symbol.dispose]();
    throw error;
  }
  return {
    async metadata(topic) {
      context.step(askingForMetadata);
      const topics = list(topic === undefined ? [] : [text(topic)]);
      const doNotCreate = Buffer.from([0]);
      return metadataIn(await ask(metadata, Buffer.concat([topics, doNotCreate])));
    },
    [Symbol.dispose]() {
      conversation.close(Buffer.alloc(0));
      conversation[Symbol.dispose]();
    },
  };
}

type Ask = (request: readonly [number, number], body: Buffer) => Promise<Reader>;

async function logIn(ask: Ask, mechanism: string, user: string, password: string): Promise<void> {
  const shaken = await ask(saslHandshake, text(mechanism));
  const error = shaken.short();
  const offered = shaken.list(() => shaken.text() ?? "");
  if (error === unsupportedMechanism)
    throw new LoginRefused(
      `it offers ${offered.join(", ") || "no way to log in"}, and not ${mechanism}`,
      true,
    );
  if (error === illegalSaslState) throw new LoginRefused("nobody logs in to this listener", true);
  if (error !== 0) throw new LoginRefused(`Kafka's error ${error}`, true);
  const exchange = async (message: Buffer) => {
    const answer = await ask(saslAuthenticate, sized(message));
    const refusal = answer.short();
    const words = answer.text();
    if (refusal !== 0) throw new LoginRefused(words ?? `Kafka's error ${refusal}`, false);
    return answer.sized();
  };
  if (mechanism === "PLAIN") await exchange(Buffer.from(`\0${user}\0${password}`));
  else await scram(mechanism === "SCRAM-SHA-256" ? "sha256" : "sha512", user, password, exchange);
}

function metadataIn(response: Reader): Awaited<ReturnType<KafkaSession["metadata"]>> {
  response.long(); // how long clients are asked to wait
  const brokers = response.list(() => {
    response.long(); // its number
    const [host = "", port] = [response.text(), response.long()];
    response.text(); // its rack
    return { host, port };
  });
  response.text(); // the cluster's id
  response.long(); // the controller
  const [topic] = response.list((): TopicMetadata => {
    const error = response.short();
    response.text(); // its name
    response.flag(); // whether it is Kafka's own
    const leaders = response.list(() => {
      response.short();
      response.long(); // the partition's number
      const leader = response.long();
      response.long(); // since when it leads
      for (let lists = 0; lists < 3; lists += 1) response.list(() => response.long()); // replicas: all, in sync, offline
      return leader;
    });
    return { error, leaders };
  });
  return { brokers, topic };
}
