import { bundle, defineStack, get, httpService, ping, redis, secret, type StackDeclaration } from "phasegate";

const environments = ["test"] as const;
const failureHandling = { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" } as const;
const data = { title: "Data", services: ["cache"], validation: "ready", timeout: "60s" } as const;

/** A cache that listens on one of its two networks, or on both. */
function cache(listens: "everywhere" | "one network") {
  const address = listens === "everywhere" ? "0.0.0.0" : '"$(getent hosts cache | cut -d" " -f1)"';
  return redis({
    image: "redis:7",
    password: secret("password"),
    maxMemory: "64mb",
    networks: ["data", "web"],
    command: ["sh", "-c", `exec redis-server /usr/local/etc/redis/redis.conf --bind ${address}`],
    validations: { ready: { pings: ping({ level: "basic" }) } },
  });
}

/** A cache, and a service behind its gate which is ready when it greets so. */
function pair(greeting: "world" | "nobody", listens: "everywhere" | "one network" = "everywhere") {
  return defineStack({
    name: "pair",
    environments,
    failureHandling,
    services: {
      cache: cache(listens),
      web: httpService({
        image: bundle("test/e2e/healing/greeter.ts"),
        port: 8080,
        networks: ["web"],
        validations: { ready: { greets: get("/", { json: { hello: greeting }, level: "basic" }) } },
      }),
    },
    phases: {
      data,
      front: {
        title: "Front",
        services: ["web"],
        dependsOn: ["data"],
        validation: "ready",
        timeout: "60s",
        edgeTimeout: "60s",
      },
    },
    needs: { web: ["cache"] },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  pair: pair("world"),
  neverReady: pair("nobody"),
  edgeBroken: pair("world", "one network"),
  cacheAlone: defineStack({
    name: "pair",
    environments,
    failureHandling,
    services: { cache: cache("everywhere") },
    phases: { data },
    needs: {},
  }),
};

/** What a stack's config may name in a trial of healing. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
