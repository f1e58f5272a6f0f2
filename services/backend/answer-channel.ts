import type { Redis } from "ioredis";
import type { RedisConnection } from "../shared/redis.ts";
import type { AgentEvent } from "./event-store.ts";

/** Sends every replica of the backend what an agent answered, so that each can tell those connected to it. */
export interface AnswerChannel {
  publish(event: AgentEvent): Promise<void>;
  /** Calls the listener for every answer, of this replica too; goes on by itself after a lost connection. */
  subscribe(listener: (event: AgentEvent) => void): Promise<void>;
  close(): void;
}

const channel = "backend:answers";

export function createAnswerChannel(redis: RedisConnection): AnswerChannel {
  let subscriber: Redis | undefined;

  return {
    async publish(event) {
      await redis.run((client) => client.publish(channel, JSON.stringify(event)));
    },
    async subscribe(listener) {
      await redis.run(async (client) => {
        // A subscribed connection can do nothing else.
        subscriber ??= client.duplicate();
        subscriber.removeAllListeners("message");
        subscriber.on("error", () => undefined);
        subscriber.on("message", (_channel, text) => listener(JSON.parse(text) as AgentEvent));
        await subscriber.subscribe(channel);
      });
    },
    close() {
      subscriber?.disconnect();
    },
  };
}
