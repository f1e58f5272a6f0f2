import { once } from "node:events";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { connect, constants } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Place } from "../../model/probe-parts/place.ts";
import type { TlsPlan } from "../../model/tls.ts";
import { addressOf } from "../address.ts";
import { attemptSocket } from "../attempt-socket.ts";
import { AnswerError } from "../network-cause.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { secured } from "../secured.ts";
import { within } from "../within.ts";

/** A gRPC server's answer to a call with one message. */
export interface GrpcReply {
  /** One of "Status codes and their use in gRPC"; 0 is success. */
  readonly code: number;
  /** What the server says with it. */
  readonly message: string;
  readonly body: Buffer;
}

/** An answer to a probe is a few bytes. */
const maxBodyBytes = 64 * 1024;
/** How long the server may take to follow when the connection is closed in order. */
const farewellMs = 250;
/** The server's own limit comes after the attempt's, so that it is always the attempt that tells of it. */
const safetyMarginMs = 1000;

/**
 * Calls one method over a connection of its own, as "gRPC over HTTP2" describes it. By hand, because
 * grpc-js shares its connections, makes them again in the background, and does not let go of one that never
 * came to stand. When the attempt is aborted, the call is cancelled on the server.
 */
export async function callGrpc(
  target: Place,
  path: string,
  request: Buffer,
  context: AttemptContext,
): Promise<GrpcReply> {
  const { signal } = context;
  signal.throwIfAborted();
  const socket = attemptSocket(() => context.step("opening the HTTP/2 connection"));
  const { promise: reply, resolve, reject } = Promise.withResolvers<GrpcReply>();
  const stop = () => reject(new Error("the attempt was stopped"));
  context.step("connecting");
  const ready =
    target.tls === undefined
      ? socket.connect(target.port, target.host)
      : await inTls(target.tls, target, socket, context);
  const session = connect(`${target.tls === undefined ? "http" : "https"}://${addressOf(target)}`, {
    createConnection: () => ready,
  });
  session.once("remoteSettings", () => context.step("waiting for the answer"));
  session.on("error", reject);
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: "POST",
    [constants.HTTP2_HEADER_PATH]: path,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
    [constants.HTTP2_HEADER_TE]: "trailers",
    "user-agent": "phasegate-probe",
    "grpc-timeout": `${Math.ceil(context.timeoutMs) + safetyMarginMs}m`,
  });
  // Whatever happens to the stream reaches who reads it, too; at the end nobody reads any more.
  stream.on("error", () => {});
  readReply(stream).then(resolve, reject);
  signal.addEventListener("abort", stop, { once: true });
  try {
    stream.end(Buffer.concat([messageHeader(request.length), request]));
    return await reply;
  } finally {
    signal.removeEventListener("abort", stop);
    stream.close(constants.NGHTTP2_CANCEL);
    context.tidy(end(session, socket, context));
  }
}

/** Connects, and secures the connection for HTTP/2, which TLS negotiates. */
async function inTls(
  tls: TlsPlan,
  { host, port }: Place,
  socket: Socket,
  context: AttemptContext,
): Promise<TLSSocket> {
  const { signal } = context;
  const stop = () => socket.destroy(new Error("the attempt was stopped"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    socket.connect(port, host);
    await once(socket, "connect");
    const ready = await secured(socket, { tls, host, alpn: "h2" }, context);
    if (ready.alpnProtocol === "h2") return ready;
    throw new AnswerError("speaks TLS, but does not offer HTTP/2 there");
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Not compressed, and so long. */
function messageHeader(length: number): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(length, 1);
  return header;
}

async function readReply(stream: ClientHttp2Stream): Promise<GrpcReply> {
  let headers: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders = {};
  stream.once("response", (received) => (headers = received));
  stream.once("trailers", (received: IncomingHttpHeaders) => (trailers = received));
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) throw new AnswerError(`answered with more than ${maxBodyBytes / 1024} KiB`);
  }
  if (headers === undefined)
    throw Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" });
  const status = headers[":status"] as unknown;
  if (status !== 200)
    throw new AnswerError(`answered with the HTTP status ${String(status)}, and not in gRPC`);
  // An answer without a message has its trailers in the place of its headers.
  const code = (trailers["grpc-status"] ?? headers["grpc-status"]) as string | undefined;
  if (code === undefined || !/^\d+$/.test(code)) throw new AnswerError("answered, but not in gRPC");
  const message = String(trailers["grpc-message"] ?? headers["grpc-message"] ?? "");
  return { code: Number(code), message: decoded(message), body: Buffer.concat(chunks).subarray(5) };
}

/** The message is percent-encoded. One that is not, is taken as it is. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

async function end(
  session: ClientHttp2Session,
  socket: { destroy(): unknown },
  { clock }: AttemptContext,
): Promise<void> {
  const closed = new Promise((resolve) => session.once("close", resolve));
  if (!session.closed) {
    session.close();
    await within(closed, farewellMs, clock);
  }
  session.destroy();
  socket.destroy();
}
