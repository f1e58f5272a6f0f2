import { defineStack, job, ping, redis, type StackDeclaration } from "phasegate";

/** A store that takes some seconds to come up, and a job of the same phase that counts its runs in it. */
function counted(version: number) {
  return defineStack({
    name: "counted",
    environments: ["test"],
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
    services: {
      store: redis({
        image: "redis:7",
        command: ["sh", "-c", "sleep 4; exec redis-server /usr/local/etc/redis/redis.conf"],
        validations: { ready: { pings: ping({ level: "basic" }) } },
      }),
      count: job({
        image: "redis:7",
        env: { VERSION: `${version}` },
        command: ["redis-cli", "-e", "-h", "store", "incr", "runs"],
      }),
    },
    phases: { data: { title: "Data", services: ["count", "store"], validation: "ready", timeout: "20s" } },
    needs: { count: ["store"] },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  counted: counted(1),
};

/** What a stack's config may name in a trial of jobs. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
