import type { Socket } from "node:net";
import { BSON } from "mongodb";

type Document = Readonly<Record<string, unknown>>;

/** What a server that stands alone says of itself. */
export const standalone: Document = {
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 25,
  ok: 1,
};

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;

/** A server of MongoDB's wire protocol: it answers each command with what `answer` makes of it, or not at all. */
export function fakeMongodb(answer: (command: Document) => Document | undefined) {
  return (socket: Socket): void => {
    let arrived = Buffer.alloc(0);
    socket.on("data", (data: Buffer) => {
      arrived = Buffer.concat([arrived, data]);
      while (arrived.length >= 4 && arrived.length >= arrived.readInt32LE(0)) {
        const message = arrived.subarray(0, arrived.readInt32LE(0));
        arrived = arrived.subarray(message.length);
        const reply = answer(commandIn(message));
        if (reply !== undefined) socket.write(replyTo(message, reply));
      }
    });
  };
}

function commandIn(message: Buffer): Document {
  if (message.readInt32LE(12) === opMsg) return BSON.deserialize(message.subarray(21));
  // The first hello: flags, the collection's name, two numbers, the command.
  return BSON.deserialize(message.subarray(message.indexOf(0, 20) + 9));
}

function replyTo(message: Buffer, reply: Document): Buffer {
  const body = Buffer.from(BSON.serialize(reply));
  const query = message.readInt32LE(12) === opQuery;
  const before = query ? Buffer.alloc(20) : Buffer.alloc(5);
  if (query) before.writeInt32LE(1, 16);
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + before.length + body.length, 0);
  header.writeInt32LE(message.readInt32LE(4), 8);
  header.writeInt32LE(query ? opReply : opMsg, 12);
  return Buffer.concat([header, before, body]);
}
