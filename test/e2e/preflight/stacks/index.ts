import { defineStack, get, httpService, type StackDeclaration } from "phasegate";

interface Changed {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly volumes?: Readonly<Record<string, `/${string}`>>;
}

const program = `
  const { createServer } = require("node:http");
  process.once("SIGTERM", () => process.exit(0));
  createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ service: process.env.SERVICE }));
  }).listen(8080);`;

/** A service that answers with its own name. */
function named(service: string, publish: number, changed: Changed = {}) {
  return httpService({
    image: "node:24-slim",
    command: ["node", "-e", program],
    port: 8080,
    publish,
    env: { SERVICE: service },
    validations: { ready: { answers: get("/", { json: { service }, level: "basic" }) } },
    ...changed,
  });
}

const usual = {
  name: "ports",
  environments: ["test"],
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
} as const;
const phase = { validation: "ready", timeout: "60s" } as const;

/** Two services, each behind the other's gate or before it. */
function pair(first: number, second: number, changed: Changed = {}) {
  return defineStack({
    ...usual,
    services: { alpha: named("alpha", first, changed), beta: named("beta", second) },
    phases: {
      one: { title: "One", services: ["alpha"], ...phase },
      two: { title: "Two", services: ["beta"], dependsOn: ["one"], ...phase },
    },
    needs: { beta: ["alpha"] },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  pair: pair(0, 1),
  moved: pair(5, 1),
  swapped: pair(1, 0),
  renamed: defineStack({
    ...usual,
    services: { gamma: named("gamma", 1), beta: named("beta", 0) },
    phases: {
      one: { title: "One", services: ["gamma"], ...phase },
      two: { title: "Two", services: ["beta"], dependsOn: ["one"], ...phase },
    },
    needs: { beta: ["gamma"] },
  }),
  lacksCommand: pair(0, 1, { command: ["nod", "main.mjs"] }),
  lacksImage: pair(0, 1, { image: "127.0.0.1:9/no/such:image" }),
  badVolume: pair(0, 1, { volumes: { users: "/etc/passwd" } }),
};

/** What a stack's config may name in a trial of what is checked before anything is touched. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
