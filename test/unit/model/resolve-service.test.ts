import { describe, expect, test } from "vitest";
import { defineStack, ping, redis, resolvePlan, running, secret, service, tcp, urlOf } from "phasegate";
import type { Service } from "../../../lib/model/service.ts";
import { profile, shop } from "../../support/shop.ts";

describe("the other services", () => {
  const policy = shop.failureHandling;
  const phase = { title: "All", validation: "ready", timeout: "60s" } as const;
  const other = defineStack({
    name: "other",
    environments: ["development"],
    services: {
      queue: service({
        image: "rabbitmq:4",
        port: 5672,
        publish: 72,
        entrypoint: ["start"],
        files: { "/run/secrets/cookie": [secret("cookie")] },
        validations: { ready: { listens: tcp(5672, { level: "basic" }) } },
      }),
      worker: service({
        image: "worker:1",
        env: { QUEUE: urlOf("queue", { scheme: "amqp", path: "/jobs" }) },
        validations: { ready: { runs: running({ level: "basic" }) } },
      }),
      cache: redis({
        image: "redis:7",
        env: { TZ: "UTC" },
        files: { "/etc/motd": ["hello"] },
        validations: { ready: { answers: ping({ level: "basic" }) } },
      }),
    },
    phases: { all: { ...phase, services: ["queue", "worker", "cache"] } },
    failureHandling: policy,
  });
  const { services, secrets } = resolvePlan(other, profile, "dev");

  test("a service of any protocol has an address, its files and its entry point", () => {
    expect(services["queue"]).toMatchObject({
      kind: "container",
      entrypoint: ["start"],
      files: { "/run/secrets/cookie": [{ secret: "cookie" }] },
      published: { port: 15072, containerPort: 5672 },
      readiness: { endpoint: { protocol: "tcp", host: "queue", port: 5672 } },
    });
    expect(secrets).toEqual({ cookie: { generate: false } });
  });

  test("a service without a port has none, and is probed for whether it runs", () => {
    expect(services["worker"]?.env).toEqual({ QUEUE: "amqp://queue:5672/jobs" });
    expect(services["worker"]?.readiness.endpoint).toBeUndefined();
    expect(services["worker"]?.readiness.probes["runs"]).toMatchObject({ kind: "running", for: "3s" });
  });

  test("a Redis without a password is open to the stack's network, and has no limit but the machine's", () => {
    expect(services["cache"]).toMatchObject({
      env: { TZ: "UTC" },
      files: { "/etc/motd": ["hello"], "/usr/local/etc/redis/redis.conf": ["protected-mode no\n"] },
    });
    expect(services["cache"]?.readiness.endpoint).toEqual({ protocol: "redis", host: "cache", port: 6379 });
  });

  test("the URL of a service without a port, and a scheme that is none", () => {
    const broken = {
      ...other.services["worker"],
      env: { SELF: urlOf("worker"), QUEUE: urlOf("queue", { scheme: "a b" }) },
    } as Service;
    const change = () =>
      resolvePlan({ ...other, services: { ...other.services, worker: broken } }, profile, "dev");
    expect(change).toThrow(
      'services.worker.env.SELF: urlOf("worker"): a service without a port has no address',
    );
    expect(change).toThrow('services.worker.env.QUEUE.scheme: "a b" is not the scheme of a URL');
  });
});
