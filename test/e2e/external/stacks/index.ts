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
} from "phasegate";

/** A service behind the gate of a Redis server that is no container of the stack. Where that is, the stack's config says. */
const leaning = defineStack({
  name: "leaning",
  environments: ["test"],
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  supervision: { interval: "1s" },
  services: {
    warehouse: external.redis({
      port: 26_379,
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

/** What a stack's config may name in a trial of external services. */
export function declarationNamed(_name: string): StackDeclaration {
  return leaning;
}
