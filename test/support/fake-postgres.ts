import type { Socket } from "node:net";

/** The process id and the key that the fake server hands out. */
export const session = { processId: 4711, secretKey: 815 };

/** A message of PostgreSQL's protocol: its letter, its length, its content. */
export function message(letter: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(letter), length, content]);
}

/** An ErrorResponse with a severity, a code and a text. */
export function errorMessage(code: string, text: string): Buffer {
  return message("E", Buffer.from(`SFATAL\0C${code}\0M${text}\0\0`));
}

const loggedIn = Buffer.concat([
  message("R", int32(0)),
  message("K", int32(session.processId, session.secretKey)),
  message("Z", Buffer.from("I")),
]);

export interface FakePostgresOptions {
  /** What happens once a client has logged in and sent its first query; nothing by default. */
  readonly onQuery?: (socket: Socket) => void;
  /** Called with a cancel request's process id and key. */
  readonly onCancel?: (processId: number, secretKey: number) => void;
}

/** Behaves as a PostgreSQL server that trusts everyone, up to the first query. */
export function fakePostgres({ onQuery = () => {}, onCancel = () => {} }: FakePostgresOptions) {
  return (socket: Socket): void => {
    socket.once("data", (first) => {
      if (first.readInt32BE(0) === 16) {
        onCancel(first.readInt32BE(8), first.readInt32BE(12));
        socket.end();
        return;
      }
      socket.write(loggedIn);
      socket.once("data", () => onQuery(socket));
    });
  };
}

function int32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeInt32BE(value, i * 4));
  return bytes;
}
