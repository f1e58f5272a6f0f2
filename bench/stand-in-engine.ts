import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

/** A container of the stand-in's. */
interface Container {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  running: boolean;
  exitCode: number;
  /** Counts its runs: it has another place on its network in each. */
  run: number;
  startedMs: number;
  finishedMs: number;
}

/** What somebody has ordered of the engine. */
export interface Order {
  readonly container: string;
  readonly order: "start" | "stop";
  readonly atMs: number;
}

/** Answers what a coordinator asks of a container engine, for containers that do not exist. */
export interface StandInEngine {
  /** Ends a container's process, as a crash does. */
  crash(id: string): void;
  /** Ends all of them without an event, as when the machine goes down. */
  shutDown(): void;
  /** What was ordered since the last call of this function. */
  takeOrders(): readonly Order[];
  /** The containers that were inspected since the last call of {@link forgetLooks}. */
  looks(): number;
  forgetLooks(): void;
  close(): Promise<void>;
}

type Labels = Readonly<Record<string, string>>;

/** @param containers the labels of each, by id */
export async function standInEngine(
  socket: string,
  containers: ReadonlyMap<string, Labels>,
): Promise<StandInEngine> {
  const known = new Map([...containers].map(([id, labels]) => [id, newContainer(id, labels)]));
  const followers = new Set<ServerResponse>();
  const attached = new Map<string, Set<ServerResponse>>();
  const looks = new Set<string>();
  let orders: Order[] = [];

  const tell = (container: Container, action: string, attributes: Labels = {}) => {
    const line = JSON.stringify(eventOf(container, action, attributes));
    for (const follower of followers) follower.write(`${line}\n`);
  };
  const begin = (container: Container) => {
    Object.assign(container, { running: true, exitCode: 0, run: container.run + 1, startedMs: Date.now() });
    tell(container, "start");
  };
  const end = (container: Container, exitCode: number, signal?: number) => {
    if (signal !== undefined) tell(container, "kill", { signal: String(signal) });
    Object.assign(container, { running: false, exitCode, finishedMs: Date.now() });
    for (const output of attached.get(container.id) ?? []) output.end();
    tell(container, "die", { exitCode: String(exitCode) });
    if (signal !== undefined) tell(container, "stop");
  };

  const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
    "/containers/json": (_request, response) => json(response, [...known.values()].map(summaryOf)),
    "/events": (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      followers.add(response);
      response.on("close", () => followers.delete(response));
    },
  };

  const ofContainer = (container: Container, ask: string, response: ServerResponse) => {
    switch (ask) {
      case "json":
        looks.add(container.id);
        return json(response, inspectionOf(container));
      case "start":
      case "stop":
        orders.push({ container: container.id, order: ask, atMs: Date.now() });
        if (container.running === (ask === "start")) return void response.writeHead(304).end();
        if (ask === "start") begin(container);
        else end(container, 143, 15);
        return void response.writeHead(204).end();
      case "logs":
        return void response.writeHead(200).end();
      case "attach": {
        const own = attached.get(container.id) ?? new Set();
        attached.set(container.id, own.add(response));
        response.writeHead(200, { "content-type": "application/vnd.docker.raw-stream" }).flushHeaders();
        return void response.on("close", () => own.delete(response));
      }
      default:
        return void response.writeHead(404).end();
    }
  };

  const server = createServer((request, response) => {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://engine");
    const answer = answers[pathname];
    // What has been is not remembered: there was nothing.
    if (pathname === "/events" && searchParams.has("until")) return void response.writeHead(200).end();
    if (answer !== undefined) return answer(request, response);
    const [, id = "", ask = ""] = /^\/containers\/([^/]+)\/(\w+)$/.exec(pathname) ?? [];
    const container = known.get(id);
    if (container === undefined) return json(response, { message: "no such container" }, 404);
    ofContainer(container, ask, response);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));

  return {
    crash: (id) => {
      const container = known.get(id);
      if (container?.running === true) end(container, 1);
    },
    shutDown: () => {
      for (const container of known.values())
        Object.assign(container, { running: false, exitCode: 143, finishedMs: Date.now() });
    },
    takeOrders: () => {
      const taken = orders;
      orders = [];
      return taken;
    },
    looks: () => looks.size,
    forgetLooks: () => looks.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function newContainer(id: string, labels: Labels): Container {
  const name = `big-bench-${labels["phasegate.service"] ?? id}`;
  return { id, name, labels, running: true, exitCode: 0, run: 1, startedMs: Date.now(), finishedMs: 0 };
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function networksOf({ run }: Container): object {
  return { bench: { EndpointID: String(run).padStart(64, "0"), Aliases: [], IPAddress: "127.0.0.1" } };
}

/** As long as what an engine answers: what it costs to read is part of what is measured. */
const padding = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`HostConfigValue${i}`, ["", 0, false, null, {}, []]]),
);

function summaryOf(container: Container): object {
  const { id, name, labels, running, startedMs } = container;
  return {
    ...{ Id: id, Names: [`/${name}`], Image: "bench:1", ImageID: `sha256:${"0".repeat(64)}`, Labels: labels },
    ...{ Command: "node main.mjs", Ports: [], Mounts: [], HostConfig: { NetworkMode: "bench" } },
    Created: Math.floor(startedMs / 1000),
    State: running ? "running" : "exited",
    Status: running ? "Up 2 minutes" : "Exited (1) 2 minutes ago",
    NetworkSettings: { Networks: networksOf(container) },
  };
}

function inspectionOf(container: Container): object {
  const { id, name, labels, running, exitCode, startedMs, finishedMs } = container;
  return {
    ...{ Id: id, Name: `/${name}`, Image: `sha256:${"0".repeat(64)}`, Path: "node", Args: ["main.mjs"] },
    Created: instant(startedMs),
    State: {
      ...{ Status: running ? "running" : "exited", Running: running, Paused: false, Restarting: false },
      ...{ OOMKilled: false, Dead: false, Pid: 1, ExitCode: exitCode, Error: "" },
      StartedAt: instant(startedMs),
      FinishedAt: finishedMs === 0 ? "0001-01-01T00:00:00Z" : instant(finishedMs),
    },
    Config: { Image: "bench:1", Labels: labels, Env: ["MODE=measured", `NAME=${name}`] },
    HostConfig: padding,
    NetworkSettings: { Networks: networksOf(container) },
  };
}

/** As the engine writes it: in nanoseconds. */
function instant(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000000Z");
}

function eventOf({ id, name, labels }: Container, action: string, attributes: Labels): object {
  const atMs = Date.now();
  return {
    ...{ Type: "container", Action: action, time: Math.floor(atMs / 1000), timeNano: atMs * 1e6 },
    Actor: { ID: id, Attributes: { ...labels, image: "bench:1", name, ...attributes } },
  };
}
