import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { watch } from "./loopback.ts";

/** A request as a sink got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A sink on the loopback interface, which answers as the test says. Default: 204. */
export async function sinkServer(
  answer: (response: ServerResponse, received: Received) => void = (response) =>
    response.writeHead(204).end(),
) {
  const received: Received[] = [];
  let answers = answer;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const one = { path: request.url ?? "", headers: request.headers, body };
      received.push(one);
      answers(response, one);
    });
  });
  const { host, port, [Symbol.asyncDispose]: dispose } = await watch(server);
  return {
    received,
    url: `http://${host}:${port}`,
    /** Answers otherwise from now on. */
    answer: (next: typeof answer) => void (answers = next),
    [Symbol.asyncDispose]: dispose,
  };
}
