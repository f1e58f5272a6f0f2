import { defineStack, job, ping, redis, type JobRuns, type StackDeclaration } from "phasegate";

/** A job that counts its runs in the store, by its own name. */
function counts(name: string, version: number, times: { runs?: JobRuns; schedule?: string } = {}) {
  return job({
    image: "redis:7",
    env: { VERSION: `${version}` },
    command: ["redis-cli", "-e", "-h", "store", "incr", name],
    ...times,
  });
}

/** A store that takes some seconds to come up, and jobs of the same phase that count their runs in it. */
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
      migrate: counts("migrate", version),
      seed: counts("seed", version, { runs: "once" }),
      warm: counts("warm", version, { runs: "everyUp" }),
      tick: counts("tick", version, { schedule: "*/4 * * * * *" }),
    },
    phases: {
      data: {
        title: "Data",
        services: ["migrate", "seed", "tick", "warm", "store"],
        validation: "ready",
        timeout: "20s",
      },
    },
    needs: { migrate: ["store"], seed: ["store"], tick: ["store"], warm: ["store"] },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  counted: counted(1),
  changed: counted(2),
};

/** What a stack's config may name in a trial of jobs. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
