import { once } from "node:events";
import type { Socket } from "node:net";
import { AbstractConnector, Redis } from "ioredis";
import type { EndpointOf } from "../../model/endpoint.ts";
import { attemptSocket, closeInOrder } from "../attempt-socket.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { secured } from "../secured.ts";

/** A connection to Redis for one attempt. To be disposed of, which has it closed. */
export interface RedisSession {
  /** Sends one command and returns its answer. */
  call(command: string, ...values: string[]): Promise<unknown>;
  [Symbol.dispose](): void;
}

/**
 * Connects, and authenticates where the endpoint has a password. Redis has nothing to cancel: it runs a
 * command to its end, and drops a client whose connection is closed.
 */
export async function openRedis(
  endpoint: EndpointOf<"redis">,
  context: AttemptContext,
): Promise<RedisSession> {
  const { signal } = context;
  signal.throwIfAborted();
  const socket = attemptSocket(() => context.step("waiting for the answer"));
  let stream: Socket = socket;
  // A class, because that is how the library takes a connection made by others.
  class AttemptConnector extends AbstractConnector {
    constructor() {
      super(1000);
    }
    override async connect() {
      socket.connect(endpoint.port, endpoint.host);
      if (endpoint.tls === undefined) return (this.stream = socket);
      await once(socket, "connect");
      stream = await secured(socket, { tls: endpoint.tls, host: endpoint.host }, context);
      context.step("waiting for the answer");
      return (this.stream = stream);
    }
  }
  const redis = new Redis({
    Connector: AttemptConnector,
    lazyConnect: true,
    // One attempt, and every failure of it reported: the library would try again in silence.
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    disableClientInfo: true,
    // RESP 2 needs no greeting, and every version of Redis speaks it. No password is given here, because the
    // library only warns, on the console, of a server that does not want it.
    protocol: 2,
  });
  let broken: Error | undefined;
  redis.on("error", (error: Error) => {
    broken ??= error;
  });
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  // Calls are rejected with "Connection is closed."; what closed it comes as an event.
  const telling = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw error instanceof Error && error.name === "ReplyError" ? error : (broken ?? error);
    }
  };

  context.step("connecting");
  try {
    await telling(redis.connect());
    if (endpoint.password !== undefined) {
      context.step("logging in");
      await telling(redis.call("AUTH", context.fill(endpoint.password)));
      context.step("waiting for the answer");
    }
  } catch (error) {
    signal.removeEventListener("abort", stop);
    redis.disconnect();
    socket.destroy();
    throw error;
  }
  return {
    call: (command, ...values) => telling(redis.call(command, ...values)),
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      context.tidy(closeInOrder(stream, context, () => redis.disconnect()));
    },
  };
}
