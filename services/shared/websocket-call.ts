import { WebSocket } from "ws";
import { UnavailableError, about, addressOf } from "./failure-reason.ts";

interface WebSocketCall {
  readonly token: string;
  readonly send: Readonly<Record<string, unknown>>;
  /** The type of the message that answers. */
  readonly answer: string;
}

const callTimeoutMs = 3_000;

/** Opens a connection, sends one message, resolves with the message that answers it, and closes. */
export function callWebSocket(
  service: string,
  url: string,
  call: WebSocketCall,
): Promise<Record<string, unknown>> {
  return about(`${service} at ${addressOf(url)}`, () => {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${call.token}` },
      handshakeTimeout: callTimeoutMs,
    });
    return new Promise<Record<string, unknown>>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new UnavailableError(`no ${call.answer} within ${callTimeoutMs}ms`)),
        callTimeoutMs,
      );
      socket.on("open", () => socket.send(JSON.stringify(call.send)));
      socket.on("message", (data) => {
        const message = JSON.parse((data as Buffer).toString()) as Record<string, unknown>;
        if (message.type === call.answer) resolve(message);
        else if (message.type === "error") reject(new UnavailableError(String(message.reason)));
      });
      socket.on("error", reject);
      socket.on("close", () => {
        clearTimeout(timer);
        reject(new UnavailableError(`connection closed before the ${call.answer}`));
      });
    }).finally(() => socket.terminate());
  });
}
