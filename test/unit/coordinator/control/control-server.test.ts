import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ControlServer } from "../../../../lib/coordinator/control/control-server.ts";
import { serveControl } from "../../../../lib/coordinator/control/control-server.ts";
import type { Answer } from "../../../../lib/coordinator/control/requests.ts";
import { PhasegateError } from "../../../../lib/core/errors.ts";
import { maxLineBytes } from "../../../../lib/model/control.ts";

let folder: string;
let socket: string;
let server: ControlServer;
let answer: Answer;
/** The signals of the requests under way, by id. */
let signals: Map<number, AbortSignal>;
const log: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "phasegate-"));
  socket = join(folder, "run", "control.sock");
  signals = new Map();
  answer = async () => ({ protocol: 1, startedMs: 0, telemetry: undefined });
  server = await serveControl({
    socket,
    answer: (request, onEvent, signal) => {
      signals.set(request.id, signal);
      return answer(request, onEvent, signal);
    },
    redact: (text) => text.replaceAll("hunter2", "[secret]"),
    log: (event, fields) => log.push(JSON.stringify([event, fields])),
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function client(): Promise<{ send(text: string): void; next(): Promise<unknown>; connection: Socket }> {
  const connection = connect(socket);
  await once(connection, "connect");
  const lines = createInterface({ input: connection })[Symbol.asyncIterator]();
  return {
    connection,
    send: (text) => void connection.write(text),
    next: async () => {
      const { value, done } = await lines.next();
      return done === true ? "ended" : (JSON.parse(value) as unknown);
    },
  };
}

const refused = (id: number, message: unknown) => ({
  id,
  error: { code: "PHASEGATE_CONTROL_REFUSED", message },
});

describe("the control server", () => {
  test("keeps its folder to its own user, and takes over a socket that a dead process left", async () => {
    expect((await stat(join(folder, "run"))).mode & 0o777).toBe(0o700);
    await server.close();
    const options = { socket, answer, redact: (text: string) => text, log: () => {} };
    const dead = await serveControl(options);
    server = await serveControl(options);
    await dead.close();
  });

  test("answers requests that come in pieces and several at a time", async () => {
    const { send, next } = await client();
    send('{"id":1,"meth');
    await new Promise((resolve) => setTimeout(resolve, 20));
    send('od":"hello"}\n\n{"id":2,"method":"status"}\r\n');
    expect(await next()).toEqual({ id: 1, result: { protocol: 1, startedMs: 0, telemetry: undefined } });
    expect(await next()).toMatchObject({ id: 2 });
  });

  test("answers in the order in which answers are there, with events before", async () => {
    const done = new Map<number, () => void>();
    answer = ({ id }, onEvent) =>
      new Promise((resolve) => {
        onEvent({ text: `event of ${id}` });
        done.set(id, () => resolve({ reason: undefined }));
        if (id === 2) done.get(2)?.();
      });
    const { send, next } = await client();
    send('{"id":1,"method":"awaitGate","phase":"p","services":{}}\n{"id":2,"method":"status"}\n');
    expect(await next()).toEqual({ id: 1, event: { text: "event of 1" } });
    expect(await next()).toEqual({ id: 2, event: { text: "event of 2" } });
    expect(await next()).toEqual({ id: 2, result: {} });
    done.get(1)?.();
    expect(await next()).toEqual({ id: 1, result: {} });
  });

  test("refuses garbage and goes on", async () => {
    const { send, next } = await client();
    send("password=hunter2\n");
    expect(await next()).toEqual(refused(0, "a request is not JSON"));
    send('{"id":7,"method":"dance"}\n');
    expect(await next()).toEqual(
      refused(
        7,
        expect.stringContaining(
          "the request is not valid; client and coordinator may be of different versions:\n  - method: ",
        ),
      ),
    );
    send('{"id":8,"method":"hello","more":1}\n"text"\nnull\n');
    expect(await next()).toEqual(refused(8, expect.stringContaining("more")));
    expect(await next()).toMatchObject({ id: 0 });
    expect(await next()).toMatchObject({ id: 0 });
    send('{"id":9,"method":"hello"}\n');
    expect(await next()).toMatchObject({ id: 9, result: {} });
  });

  test("ends a connection whose line is too long, and no other", async () => {
    const other = await client();
    const { connection, next } = await client();
    connection.on("error", () => {});
    for (let sent = 0; sent <= maxLineBytes; sent += 65_536) connection.write(Buffer.alloc(65_536, "x"));
    expect(await next()).toEqual(refused(0, `a request is longer than ${maxLineBytes} bytes`));
    expect(await next()).toBe("ended");
    other.send('{"id":1,"method":"hello"}\n');
    expect(await other.next()).toMatchObject({ id: 1, result: {} });
  });

  test("sends an error's own code, and takes secrets out of its words", async () => {
    answer = async () => {
      throw new PhasegateError("PHASEGATE_SERVICE_UNKNOWN", "no service hunter2");
    };
    const { send, next } = await client();
    send('{"id":1,"method":"status"}\n');
    expect(await next()).toEqual({
      id: 1,
      error: { code: "PHASEGATE_SERVICE_UNKNOWN", message: "no service [secret]" },
    });
    answer = async () => {
      throw new TypeError("a defect with hunter2 in it");
    };
    send('{"id":2,"method":"status"}\n');
    expect(await next()).toEqual(refused(2, "a defect with [secret] in it"));
    expect(log.join()).toContain("defect");
    expect(log.join()).not.toContain("hunter2");
  });

  test("cancels what a client waits for when it goes away, and nothing of others", async () => {
    answer = ({ id }, _onEvent, signal) =>
      id === 3
        ? Promise.resolve({ reason: undefined })
        : new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(new Error("gone"))),
          );
    const [leaving, staying] = [await client(), await client()];
    leaving.send('{"id":1,"method":"status"}\n{"id":3,"method":"status"}\n');
    staying.send('{"id":2,"method":"status"}\n');
    await leaving.next();
    await expect.poll(() => signals.size).toBe(3);
    leaving.connection.destroy();
    await expect.poll(() => signals.get(1)?.aborted).toBe(true);
    expect(signals.get(2)?.aborted).toBe(false);
  });

  test("still answers a client that has said all it had to say", async () => {
    answer = (_request, _onEvent, signal) =>
      new Promise((resolve) => {
        // As a request does that goes on for a moment after it was cancelled.
        signal.addEventListener("abort", () => setTimeout(() => resolve({ reason: undefined }), 20));
      });
    const { connection, next } = await client();
    connection.end('{"id":1,"method":"status"}\n');
    expect(await next()).toEqual({ id: 1, result: {} });
    expect(await next()).toBe("ended");
  });
});
