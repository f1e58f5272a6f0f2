import { chmod, mkdir, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { errorText, PhasegateError } from "../../core/errors.ts";
import { describeProblems } from "../../core/problem.ts";
import { zodProblems } from "../../core/zod-problems.ts";
import type { Request } from "../../model/control.ts";
import type { Response } from "../../model/control-answers.ts";
import { maxLineBytes, requestSchema } from "../../model/control.ts";
import { lines } from "./lines.ts";
import type { Log } from "../log.ts";
import type { Answer } from "./requests.ts";

export interface ControlServerOptions {
  /** The path of the Unix socket. Its folder is made for this user alone. */
  readonly socket: string;
  readonly answer: Answer;
  /** Blacks out secrets in the texts of errors. */
  readonly redact: (text: string) => string;
  readonly log: Log;
}

export interface ControlServer {
  /** Takes no more connections and ends those there are. */
  close(): Promise<void>;
}

/** Serves the control protocol on a Unix socket. One that a dead process has left there is taken over. */
export async function serveControl({
  socket: path,
  answer,
  redact,
  log,
}: ControlServerOptions): Promise<ControlServer> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await rm(path, { force: true });

  const connections = new Set<Socket>();
  // Half open: a client that has said all it had to say still gets the answers that are on their way.
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
    serveConnection(connection, answer, redact, log);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

/** Progress to a client that does not read is left out past this many bytes; results are never. */
const unreadLimit = 1024 * 1024;

function serveConnection(
  connection: Socket,
  answer: Answer,
  redact: (text: string) => string,
  log: Log,
): void {
  const gone = new AbortController();
  let underWay = 0;
  const send = (response: Response) => {
    if (connection.writable) connection.write(`${JSON.stringify(response)}\n`);
  };
  const refuse = (id: number, error: unknown) => {
    const code = error instanceof PhasegateError ? error.code : "PHASEGATE_CONTROL_REFUSED";
    if (!(error instanceof PhasegateError))
      log("defect", {
        error: redact(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      });
    send({ id, error: { code, message: redact(errorText(error)) } });
  };
  const endWhenDone = () => {
    if (gone.signal.aborted && underWay === 0) connection.end();
  };
  const serve = async (request: Request) => {
    const { id } = request;
    underWay++;
    try {
      const result = await answer(
        request,
        (event) => {
          const reads = connection.writableLength < unreadLimit;
          if (reads) send({ id, event });
          return reads;
        },
        gone.signal,
      );
      send({ id, result });
    } catch (error) {
      if (!gone.signal.aborted) refuse(id, error);
    } finally {
      underWay--;
      endWhenDone();
    }
  };

  connection.on(
    "data",
    lines(
      maxLineBytes,
      (line) => {
        if (line.trim() === "") return;
        const parsed = parseRequest(line);
        if ("request" in parsed) void serve(parsed.request);
        else refuse(parsed.id, parsed.error);
      },
      () => {
        refuse(
          0,
          new PhasegateError("PHASEGATE_CONTROL_REFUSED", `a request is longer than ${maxLineBytes} bytes`),
        );
        gone.abort();
        connection.end();
      },
    ),
  );
  connection.on("end", () => {
    gone.abort();
    endWhenDone();
  });
  connection.on("close", () => gone.abort());
  connection.on("error", () => gone.abort());
}

type Parsed = { readonly request: Request } | { readonly id: number; readonly error: PhasegateError };

function parseRequest(line: string): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    // The line itself is not repeated: a garbled request may hold secrets.
    return { id: 0, error: new PhasegateError("PHASEGATE_CONTROL_REFUSED", "a request is not JSON") };
  }
  const { success, data, error } = requestSchema.safeParse(json);
  if (success) return { request: data };
  const problems = describeProblems(zodProblems(error));
  return {
    id: idOf(json),
    error: new PhasegateError(
      "PHASEGATE_CONTROL_REFUSED",
      `the request is not valid; client and coordinator may be of different versions:\n${problems}`,
    ),
  };
}

function idOf(json: unknown): number {
  const id = typeof json === "object" && json !== null && "id" in json ? json.id : undefined;
  return typeof id === "number" && Number.isSafeInteger(id) ? id : 0;
}
