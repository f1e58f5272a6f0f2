import type { Socket } from "node:net";
import { readerOf } from "../../lib/probe/kafka/frames.ts";
import { list, long, short, sized, text } from "../../lib/probe/kafka/frames.ts";

/** A request as a broker reads it. */
export interface KafkaRequest {
  readonly key: number;
  readonly version: number;
  readonly body: Buffer;
}

/** A server of Kafka's protocol: it answers each request with what `answer` makes of it, or not at all. */
export function fakeKafka(answer: (request: KafkaRequest) => Buffer | undefined) {
  return (socket: Socket): void => {
    let arrived = Buffer.alloc(0);
    socket.on("data", (data: Buffer) => {
      arrived = Buffer.concat([arrived, data]);
      while (arrived.length >= 4 && arrived.length >= 4 + arrived.readInt32BE(0)) {
        const end = 4 + arrived.readInt32BE(0);
        const message = arrived.subarray(4, end);
        arrived = arrived.subarray(end);
        // After the client's name, which has a length before it.
        const body = message.subarray(10 + message.readInt16BE(8));
        const request = { key: message.readInt16BE(0), version: message.readInt16BE(2), body };
        const response = answer(request);
        if (response !== undefined) socket.write(sized(Buffer.concat([message.subarray(4, 8), response])));
      }
    });
  };
}

/** The topic that a request for metadata names. */
export function topicIn({ body }: KafkaRequest): string | undefined {
  const reader = readerOf(body);
  return reader.list(() => reader.text())[0];
}

/** An answer to a request for metadata, of version 7. */
export function metadataOf(
  brokers: readonly { readonly host: string; readonly port: number }[],
  topic?: { readonly name: string; readonly error?: number; readonly leaders?: readonly number[] },
): Buffer {
  const absent = short(-1);
  const none = long(0);
  const partitions = (topic?.leaders ?? []).map((leader, number) =>
    Buffer.concat([
      short(leader < 0 ? 5 : 0),
      long(number),
      long(leader),
      long(0),
      list([long(1)]),
      none,
      none,
    ]),
  );
  const topics = topic && [
    Buffer.concat([short(topic.error ?? 0), text(topic.name), Buffer.from([0]), list(partitions)]),
  ];
  const known = brokers.map(({ host, port }, at) =>
    Buffer.concat([long(at + 1), text(host), long(port), absent]),
  );
  return Buffer.concat([long(0), list(known), text("cluster"), long(1), list(topics ?? [])]);
}
