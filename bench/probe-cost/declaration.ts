/** Services of every kind, one of which is probed by a given kind of probe, many times and often. */
import type { LifecyclePlan, StackDeclaration } from "phasegate";
import {
  bundle,
  clickhouse,
  httpService,
  kafka,
  mongodb,
  mysql,
  postgres,
  rabbitmq,
  redis,
  resolvePlan,
  running,
  secret,
  service,
} from "phasegate";
import { benchProfile, startedOnce } from "../bench-profile.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { asksHttp, kinds } from "./kinds.ts";
import type { ServiceName } from "./services.ts";
import { ports, serviceNames } from "./services.ts";

/** No secret of anybody's: the stack has no port on the machine, and is gone after the measurement. */
export const secrets = { password: "kept-by-nobody" } as const;

/** The name of a stack in which nothing is probed often: what is left is the idle coordinator. */
export const idle = "idle";

/**
 * @param measured the kind of probe, a name of {@link kinds}, or {@link idle}
 * @param count how many probes of it its service has, each run once a second
 */
export function probedServices(measured: string, count: number): StackDeclaration {
  const of = (name: ServiceName) => {
    const { service: probed, probe } = kinds[measured] ?? {};
    const isProbed = probe !== undefined && probed === name;
    const probes: Readonly<Record<string, DeclaredProbe>> = isProbed
      ? Object.fromEntries(Array.from({ length: count }, (_, i) => [`probe-${i}`, probe()]))
      : { runs: running({ for: "100ms", level: "basic" }) };
    return {
      supervision: { interval: isProbed ? "1s" : "1h" },
      // The engine's own checks would be measured with the probes: there are as good as none, but where they are what is probed.
      healthcheck: {
        command: ["CMD", ...asksHttp],
        interval: isProbed && measured === "engine-healthy" ? "10s" : "1h",
      },
      validations: { ready: probes },
    } as const;
  };
  const password = secret("password");
  const account = { database: "app", user: "app", password } as const;
  const image = bundle("bench/probe-cost/server.ts");
  return {
    name: "probes",
    environments: ["test"],
    services: {
      server: httpService({ image, port: ports.http, ...of("server") }),
      other: service({ image, port: ports.smtp, ...of("other") }),
      postgres: postgres({ image: "postgres:17", ...account, ...of("postgres") }),
      redis: redis({ image: "redis:7", password, maxMemory: "64mb", ...of("redis") }),
      clickhouse: clickhouse({ image: "clickhouse/clickhouse-server:24", ...account, ...of("clickhouse") }),
      mysql: mysql({ image: "mariadb:11", ...account, ...of("mysql") }),
      rabbitmq: rabbitmq({ image: "rabbitmq:4", user: "app", password, ...of("rabbitmq") }),
      kafka: kafka({ image, ...of("kafka") }),
      mongodb: mongodb({ image, database: "app", ...of("mongodb") }),
    },
    phases: {
      all: { title: "All", services: [...serviceNames], validation: "ready", timeout: "120s" },
    },
    needs: {},
    failureHandling: startedOnce,
  };
}

export function probedPlan(measured: string, count: number, stack: string): LifecyclePlan {
  const profile = benchProfile(stack, { declaration: "probes", healthCheckInterval: "1h" });
  return resolvePlan(probedServices(measured, count), profile, stack);
}
