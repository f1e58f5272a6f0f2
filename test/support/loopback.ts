import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A server on the loopback interface for one test; disposing of it cuts every connection. */
export interface Loopback {
  readonly host: string;
  readonly port: number;
  /** Connections that are open now. */
  open(): number;
  /** Connections that were ever made. */
  accepted(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on a free port and hands every connection to `behave`. */
export async function listen(behave: (socket: Socket) => void, host = "127.0.0.1"): Promise<Loopback> {
  const server = createServer({ allowHalfOpen: true });
  const cautious = (socket: Socket) => {
    socket.on("error", () => {});
    behave(socket);
  };
  return watch(server, cautious, host);
}

/** Makes any server of Node's, an HTTP server for instance, a {@link Loopback}. */
export async function watch(
  server: Server,
  behave: (socket: Socket) => void = () => {},
  host = "127.0.0.1",
): Promise<Loopback> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    host,
    port: (server.address() as AddressInfo).port,
    // A client that has gone is a socket that ended, though this side may still be open.
    open: () => [...sockets].filter((socket) => !socket.readableEnded && !socket.destroyed).length,
    accepted: () => accepted,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port that nothing listens on: one that was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = await listen(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}

/** Accepts, reads, and never answers. */
export const hang = (socket: Socket): void => void socket.resume();

/** Accepts and says at once that it will send nothing more, but goes on reading. */
export const halfClose = (socket: Socket): void => void socket.resume().end();

/** Reads the first bytes and resets the connection. */
export const reset = (socket: Socket): void => void socket.once("data", () => socket.resetAndDestroy());

/** Answers the first bytes with a text of some other protocol, and leaves the connection open. */
export const answer =
  (text: string | Buffer) =>
  (socket: Socket): void =>
    void socket.once("data", () => socket.write(text));
