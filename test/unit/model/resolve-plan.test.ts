import { describe, expect, test } from "vitest";
import {
  custom,
  get,
  httpService,
  not,
  resolvePlan,
  secret,
  type StackDeclaration,
  type ValidationLevel,
} from "phasegate";
import type { Service } from "../../../lib/model/service.ts";
import { profile, shop } from "../../support/shop.ts";

const plan = resolvePlan(shop, profile, "dev");

describe("resolvePlan", () => {
  test("puts every phase after those it depends on, however they are written", () => {
    expect(Object.keys(plan.phases)).toEqual(["data", "application"]);
  });

  test("applies the environment's multiplier once", () => {
    expect(plan.phases["data"]).toMatchObject({ timeout: "61s", budget: "91.5s" });
    expect(plan.services["api"]?.readiness.budget).toBe("30s");
  });

  test("keeps secrets as references, encoded where they stand in a URL", () => {
    expect(plan.services["postgres"]?.env?.["POSTGRES_PASSWORD"]).toEqual([{ secret: "postgresPassword" }]);
    expect(plan.services["api"]?.env).toEqual({
      DATABASE_URL: [
        "postgres://shop:",
        { secret: "postgresPassword", encode: "uri" },
        "@postgres:5432/shop",
      ],
      MODE: "fast",
    });
    expect(plan.secrets).toEqual({ postgresPassword: { generate: false } });
  });

  test("says once which secrets may be generated: one place that allows it counts for all", () => {
    const { api } = shop.services;
    if (api === undefined) throw new Error("the shop is another");
    const env = {
      ...api.env,
      TOKEN: secret("token", { generate: true }),
      SAME: secret("token"),
      KEY: secret("key"),
    };
    const resolved = resolvePlan(
      { ...shop, services: { ...shop.services, api: { ...api, env } } },
      profile,
      "dev",
    );
    expect(resolved.secrets).toEqual({
      key: { generate: false },
      postgresPassword: { generate: false },
      token: { generate: true },
    });
    expect(resolved.services["api"]?.env?.["TOKEN"]).toEqual([{ secret: "token" }]);
  });

  test("names the secrets of a custom probe, wherever it stands", () => {
    const api = httpService({
      image: "shop/api:1",
      port: 8080,
      validations: {
        connectivity: {
          ready: get("/ready", { level: "basic" }),
          queue: not(custom("probes/queue.ts", { secrets: { token: secret("queueToken") } })),
        },
      },
    });
    const { secrets } = resolvePlan({ ...shop, services: { ...shop.services, api } }, profile, "dev");
    expect(Object.keys(secrets)).toEqual(["postgresPassword", "queueToken"]);
  });

  test("publishes on loopback, from the environment's first port on", () => {
    expect(plan.services["api"]?.published).toEqual({ ip: "127.0.0.1", port: 15080, containerPort: 8080 });
    expect(plan.services["postgres"]?.published).toBeUndefined();
  });

  test("takes another image where the environment says so", () => {
    const other = resolvePlan(shop, { ...profile, images: { postgres: "postgres:16" } }, "dev");
    expect(other.services["postgres"]?.image).toEqual({ reference: "postgres:16" });
  });

  test("an edge has the policy of the stack, or its own", () => {
    const { failureHandling, ...rest } = shop;
    const { onDependencyChange: _, ...silent } = failureHandling;
    const needsOf = (needs: StackDeclaration["needs"], handling = failureHandling) =>
      resolvePlan({ ...rest, needs, failureHandling: handling }, profile, "dev").services["api"]?.needs;
    expect(needsOf({ api: ["postgres"] })).toEqual({ postgres: "revalidate" });
    expect(needsOf({ api: ["postgres"] }, silent)).toEqual({ postgres: "restart" });
    expect(needsOf({ api: { postgres: "ignore" } })).toEqual({ postgres: "ignore" });
  });

  test("how a service is watched: its own word before the stack's, that before the environment's and the defaults", () => {
    const slow = { window: "15m", baseline: "24h", factor: 3 } as const;
    const intensity = { restarts: 2, within: "1h" } as const;
    const watched = (
      supervision?: StackDeclaration["supervision"],
      own?: StackDeclaration["supervision"],
      name = "api",
    ) => {
      const service = { ...shop.services[name], ...(own && { supervision: own }) } as Service;
      const services = { ...shop.services, [name]: service };
      return resolvePlan({ ...shop, services, ...(supervision && { supervision }) }, profile, "dev").services[
        name
      ]?.supervision;
    };
    const defaults = {
      interval: "30s",
      failureThreshold: 3,
      successThreshold: 1,
      intensity: { restarts: 5, within: "10m" },
    };
    expect(watched()).toEqual(defaults);
    expect(watched({ interval: "5s", slow })).toEqual({ ...defaults, interval: "5s", slow });
    expect(watched({ interval: "5s", failureThreshold: 2, slow }, { interval: "20s", intensity })).toEqual({
      ...defaults,
      interval: "20s",
      failureThreshold: 2,
      intensity,
      slow,
    });
    // A part is taken as a whole, and what is switched off is off.
    const off = watched({ slow, intensity }, { slow: false, intensity: { restarts: 0, within: "1m" } });
    expect(off).toEqual({ ...defaults, intensity: { restarts: 0, within: "1m" } });
    expect(off).not.toHaveProperty("slow");
    expect(watched({ slow: false }, { slow })).toEqual({ ...defaults, slow });
    expect(watched({ successThreshold: 2 }, { intensity }, "migrations")).toEqual({
      ...defaults,
      successThreshold: 2,
      intensity,
    });
  });

  test("a service's own, tighter timeout is multiplied as its phase's is", () => {
    const api = { ...shop.services["api"], timeout: "10s" } as Service;
    const tighter = resolvePlan({ ...shop, services: { ...shop.services, api } }, profile, "dev");
    expect(tighter.services["api"]?.readiness.budget).toBe("15s");
    expect(tighter.phases["application"]?.budget).toBe("30s");
  });

  test("how long a service must stay ready is as it says, not multiplied; none at all is as nothing said", () => {
    const minReadyOf = (minReady?: string) => {
      const api = { ...shop.services["api"], ...(minReady && { minReady }) } as Service;
      return resolvePlan({ ...shop, services: { ...shop.services, api } }, profile, "dev");
    };
    expect(minReadyOf("2s").services["api"]?.readiness.minReady).toBe("2s");
    expect(minReadyOf("0s")).toEqual(minReadyOf());
    expect(minReadyOf().services["api"]?.readiness).not.toHaveProperty("minReady");
  });

  test("from productionSimulation on, edges between phases are proven from the dependent's side", () => {
    const edgesAt = (validationLevel: ValidationLevel) =>
      resolvePlan(
        { ...shop, needs: { api: ["postgres", "migrations"], migrations: ["postgres"] } },
        { ...profile, validationLevel },
        "dev",
      ).phases;
    expect(edgesAt("comprehensive")["application"]?.edges).toEqual([]);
    expect(edgesAt("productionSimulation")["application"]).toMatchObject({
      edges: [{ dependent: "api", needed: "postgres", probes: ["answers"] }],
      edgeBudget: "45s",
    });
    expect(edgesAt("production")["data"]?.edges).toEqual([]);
  });

  test("is pure: the same input gives the same JSON", () => {
    expect(JSON.stringify(resolvePlan(shop, profile, "dev"))).toBe(JSON.stringify(plan));
  });
});
