import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { connectToDatabase } from "../../services/migrations/wait-for-database.ts";

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A server that does one thing for each connection, and the URL of a database on it. */
async function serverThat(act: (socket: Socket, connection: number) => void) {
  let connections = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    connections += 1;
    const connection = connections;
    socket.once("data", () => act(socket, connection));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://netra:hunter2@127.0.0.1:${port}/netra`,
    address: `127.0.0.1:${port}`,
    connections: () => connections,
  };
}

/** PostgreSQL's ErrorResponse, as its protocol defines it. */
function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** AuthenticationOk and ReadyForQuery: the least that makes a connection. */
const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

describe("waiting for the database", () => {
  test("a wrong password fails at once, and is not repeated", async () => {
    const server = await serverThat((socket) =>
      socket.end(errorResponse("28P01", "password authentication failed")),
    );
    const failure = await connectToDatabase(server.url, 60_000).catch((error: unknown) =>
      error instanceof Error ? error.message : error,
    );
    expect(failure).toBe(`PostgreSQL at ${server.address}: wrong user or password`);
    expect(server.connections()).toBe(1);
  });

  test("a database that does not exist fails at once", async () => {
    const server = await serverThat((socket) =>
      socket.end(errorResponse("3D000", 'database "netra" does not exist')),
    );
    await expect(connectToDatabase(server.url, 60_000)).rejects.toThrow("no such database");
    expect(server.connections()).toBe(1);
  });

  test("a server that is starting up is waited for", async () => {
    const server = await serverThat((socket, connection) => {
      if (connection === 1) socket.destroy();
      else if (connection === 2) socket.end(errorResponse("57P03", "the database system is starting up"));
      else socket.write(welcome);
    });
    const client = await connectToDatabase(server.url, 60_000);
    expect(server.connections()).toBe(3);
    await client.end();
  });

  test("a server that never comes is waited for no longer than allowed", async () => {
    const server = await serverThat((socket) =>
      socket.end(errorResponse("57P03", "the database system is starting up")),
    );
    await expect(connectToDatabase(server.url, 300)).rejects.toThrow(
      `PostgreSQL at ${server.address} did not accept connections within 300ms: the server is starting up or shutting down`,
    );
    expect(server.connections()).toBeGreaterThan(1);
  });
});
