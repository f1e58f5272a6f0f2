import {
  bundle,
  defineStack,
  external,
  get,
  httpService,
  ping,
  secret,
  urlOf,
  type StackDeclaration,
  type Tls,
} from "phasegate";

/** A service behind the gate of a Redis server that is no container of the stack. Where that is, the stack's config says. */
const leaning = (tls: Tls) =>
  defineStack({
    name: "leaning",
    environments: ["test"],
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
    supervision: { interval: "1s" },
    services: {
      warehouse: external.redis({
        port: 26_379,
        tls,
        password: secret("warehousePassword"),
        timeout: "4s",
        validations: { ready: { pings: ping({ level: "basic" }) } },
      }),
      web: httpService({
        image: bundle("test/e2e/healing/greeter.ts"),
        port: 8080,
        env: { WAREHOUSE_URL: urlOf("warehouse") },
        validations: { ready: { greets: get("/", { json: { hello: "world" }, level: "basic" }) } },
      }),
    },
    phases: {
      data: { title: "Data", services: ["warehouse"], validation: "ready", timeout: "60s" },
      front: { title: "Front", services: ["web"], dependsOn: ["data"], validation: "ready", timeout: "60s" },
    },
    needs: { web: ["warehouse"] },
  });

/** An api of several instances, of which the broken ones never greet, and a service behind them. */
function several(greeting: string) {
  const greets = (hello: string) => ({
    ready: { greets: get("/", { json: { hello }, level: "basic" as const }) },
  });
  return defineStack({
    name: "several",
    environments: ["test"],
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
    supervision: { interval: "1s" },
    services: {
      api: httpService({
        image: bundle("test/e2e/external/greeter.ts"),
        ...{ port: 8080, replicas: 1, timeout: "6s", env: { GREETING: greeting } },
        validations: greets("world"),
      }),
      web: httpService({
        image: bundle("test/e2e/healing/greeter.ts"),
        ...{ port: 8080, env: { API: urlOf("api") } },
        validations: greets("world"),
      }),
    },
    phases: {
      apis: { title: "APIs", services: ["api"], validation: "ready", timeout: "60s" },
      front: { title: "Front", services: ["web"], dependsOn: ["apis"], validation: "ready", timeout: "60s" },
    },
    needs: { web: ["api"] },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  leaning: leaning({ ca: secret("warehouseCa"), serverName: "warehouse.internal" }),
  trusting: leaning({ insecure: true }),
  several: several("world"),
  oneBroken: several("not on api-2"),
};

/** What a stack's config may name in a trial of external services. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
