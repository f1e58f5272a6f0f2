import { lookup } from "node:dns/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServicePlan } from "../lib/model/plan.ts";

/** A server that answers the probes of all services of {@link bigDeclaration}. */
export interface StandInServices {
  /** A name, so that each attempt resolves it as it does in a stack's network. */
  readonly host: string;
  readonly port: number;
  close(): void;
}

const host = "localhost";
const body = JSON.stringify({ ready: true, parts: ["a", "b"], uptime: 1234 });

export async function standInServices(): Promise<StandInServices> {
  const servers: Server[] = [];
  let port = 0;
  // A client tries all the addresses of a name.
  for (const { address } of await lookup(host, { all: true })) {
    const server = createServer((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(body),
    );
    // As many as connect in an instant when all services are proven at once.
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host: address, backlog: 4096 }, resolve);
    });
    ({ port } = server.address() as AddressInfo);
    servers.push(server);
  }
  return {
    host,
    port,
    close: () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** The readiness spec of a service of {@link bigDeclaration}, with so many of its probes: they reach the stand-in. */
export function readinessAt(
  { readiness }: ServicePlan,
  { host, port }: StandInServices,
  count: number,
): ServicePlan["readiness"] {
  const probes = Object.entries(readiness.probes)
    .map(([name, probe]) => [name, probe.kind === "tcp" ? { ...probe, port } : probe] as const)
    // A request costs more than a connection: it comes first.
    .sort(([, a], [, b]) => Number(a.kind === "tcp") - Number(b.kind === "tcp"))
    .slice(0, count);
  return {
    ...readiness,
    endpoint: { protocol: "http", host, port },
    probes: Object.fromEntries(probes),
  };
}
