import { connect, type Channel } from "amqplib";
import { setting } from "./answer.ts";

/** A channel to RabbitMQ with a queue that survives its restart. The process ends when the connection is lost. */
export async function brokerChannel(queue: string): Promise<Channel> {
  const connection = await connect(setting("AMQP_URL"));
  connection.on("error", (error: Error) => console.error(error.message));
  connection.on("close", () => process.exit(1));
  const channel = await connection.createChannel();
  await channel.assertQueue(queue, { durable: true });
  return channel;
}

/** Sends a message that survives a restart of the broker. */
export function send(channel: Channel, queue: string, message: object): void {
  channel.sendToQueue(queue, Buffer.from(JSON.stringify(message)), { persistent: true });
}

/** Has messages worked off one after the other; one that fails comes again. */
export async function work(
  channel: Channel,
  queue: string,
  done: (message: unknown) => Promise<void>,
): Promise<void> {
  await channel.prefetch(1);
  await channel.consume(queue, (message) => {
    if (message === null) process.exit(1);
    done(JSON.parse(message.content.toString())).then(
      () => channel.ack(message),
      (error: unknown) => {
        console.error(error);
        setTimeout(() => channel.nack(message), 500);
      },
    );
  });
}
