import type { Socket } from "node:net";
import { MongoClient } from "mongodb";
import type { Document } from "mongodb";
import type { EndpointOf } from "../../model/endpoint.ts";
import { addressOf } from "../address.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { withSockets } from "./sockets.ts";
import { tunnelTo } from "./tunnel.ts";

/** A client of MongoDB for one attempt. To be disposed of, which has it closed. */
export interface MongoSession {
  /** Runs a command on the service's database. It rejects as soon as the connection fails, or the attempt is stopped. */
  run(command: Document): Promise<Document>;
  [Symbol.dispose](): void;
}

/** The server's own limit comes after the attempt's, so that it is always the attempt that tells of it. */
export const safetyMarginMs = 1000;

/**
 * A client that connects with its first command, to this server alone, whatever replica set it belongs to. The library
 * would try again in silence until its own timeouts: the first failure that it reports is the attempt's. When the
 * attempt is aborted its connections are cut, upon which MongoDB ends what they were running.
 */
export async function openMongo(
  endpoint: EndpointOf<"mongodb">,
  context: AttemptContext,
): Promise<MongoSession> {
  const { signal, timeoutMs } = context;
  signal.throwIfAborted();
  const failure = Promise.withResolvers<never>();
  // Nobody waits for it once all has been answered.
  failure.promise.catch(() => {});
  const { tls } = endpoint;
  context.step("connecting");
  const tunnel = tls && (await tunnelTo(endpoint, tls, context, failure.reject));
  // Longer than the attempt, whose own timeout is the one that tells.
  const later = Math.ceil(timeoutMs) + 10_000;
  const { user, password } = endpoint;
  const client = new MongoClient(
    `mongodb://${tunnel ? encodeURIComponent(tunnel.path) : addressOf(endpoint)}`,
    {
      directConnection: true,
      appName: "phasegate-probe",
      ...(user !== undefined &&
        password !== undefined && {
          auth: { username: user, password: context.fill(password) },
          authSource: "admin",
        }),
      maxPoolSize: 1,
      retryReads: false,
      retryWrites: false,
      serverSelectionTimeoutMS: later,
      connectTimeoutMS: later,
      socketTimeoutMS: later,
      waitQueueTimeoutMS: later,
      serverMonitoringMode: "poll",
      heartbeatFrequencyMS: later,
    },
  );
  client.on("serverHeartbeatFailed", ({ failure: error }) => failure.reject(error));
  client.on("serverHeartbeatSucceeded", () =>
    context.step(user === undefined ? "waiting for the answer" : "logging in"),
  );
  client.on("connectionReady", () => context.step("waiting for the answer"));
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    tunnel?.[Symbol.dispose]();
  };
  const close = () => client.close(true).then(cut, cut);
  const stop = () => {
    cut();
    failure.reject(new Error("the attempt was stopped"));
    context.tidy(close());
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return {
    run: (command) => {
      const answer = withSockets(
        (socket) => sockets.add(socket),
        () => client.db(endpoint.database).command(command),
      );
      answer.catch(() => {});
      return Promise.race([answer, failure.promise]);
    },
    [Symbol.dispose]() {
      signal.removeEventListener("abort", stop);
      context.tidy(close());
    },
  };
}
