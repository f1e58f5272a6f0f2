import { createServer } from "node:http";

/** What a path answers: JSON with status 200, or with the status that an {@link Answer} says. */
type Handler = (request: { readonly params: readonly string[]; readonly body: unknown }) => Promise<unknown>;

/** An answer that is not 200. */
export class Answer extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers "GET /orders/:id" and the like on port 3000, and ends on SIGTERM. */
export function listen(routes: Readonly<Record<string, Handler>>, port = 3000): void {
  const known = Object.entries(routes).map(([route, handler]) => {
    const [method = "", path = ""] = route.split(" ");
    return { method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "([\\w-]+)")}$`), handler };
  });
  const server = createServer((request, response) => {
    void (async () => {
      const found = known
        .filter(({ method }) => method === request.method)
        .map(({ pattern, handler }) => ({ match: pattern.exec(request.url ?? ""), handler }))
        .find(({ match }) => match !== null);
      let status = 200;
      let answer: unknown;
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        if (!found) throw new Answer(404, "not found");
        answer = await found.handler({ params: found.match?.slice(1) ?? [], body });
      } catch (error) {
        status = error instanceof Answer ? error.status : 503;
        answer = { error: error instanceof Error ? error.message : String(error) };
      }
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    })();
  });
  server.listen(port);
  process.on("SIGTERM", () => process.exit(0));
}

/** A variable of the environment that must be set. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
