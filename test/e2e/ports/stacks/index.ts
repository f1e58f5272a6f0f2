import { defineStack, get, httpService, urlOf, type StackDeclaration } from "phasegate";

const program = `
  const { createServer } = require("node:http");
  const { createSocket } = require("node:dgram");
  process.once("SIGTERM", () => process.exit(0));
  createServer((_, response) => response.end(process.env.OTHER)).listen(8080);
  createServer((_, response) => response.end("metrics")).listen(9100);
  const socket = createSocket("udp4", (_, from) => socket.send("answer", from.port, from.address));
  socket.bind(5300);`;

type Ports = Parameters<typeof httpService>[0]["ports"];

function stack(ports: Ports): StackDeclaration {
  return defineStack({
    name: "several",
    environments: ["test", "development"],
    services: {
      web: httpService({
        image: "node:24-slim",
        command: ["node", "-e", program],
        port: 8080,
        publish: 0,
        ports: ports ?? {},
        env: { OTHER: urlOf("web", { port: "metrics", path: "/m" }) },
        validations: { ready: { answers: get("/", { level: "basic" }) } },
      }),
    },
    phases: { all: { title: "All", services: ["web"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
    parity: { allow: [{ path: "services.web.ports.metrics.published.ip", reason: "a trial of it" }] },
  });
}

const metrics = { container: 9100, host: { address: "0.0.0.0", port: 14_255 } };
const dns = { container: 5300, protocol: "udp", publish: 7 } as const;

const declarations: Readonly<Record<string, StackDeclaration>> = {
  several: stack({ metrics, dns }),
  loopback: stack({ metrics: { container: 9100, host: { port: 14_255 } }, dns }),
  tcp: stack({ metrics, dns: { ...dns, protocol: "tcp" } }),
  unpublished: stack({ metrics: { container: 9100 }, dns }),
  taken: stack({ metrics, dns: { ...dns, publish: 8 } }),
};

/** What a stack's config may name in a trial of ports. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
