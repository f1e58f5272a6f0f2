import {
  bundle,
  defineStack,
  get,
  httpService,
  job,
  parseProfile,
  postgres,
  secret,
  sql,
  urlOf,
} from "phasegate";

/** A declaration of three services in two phases, and the profile of an environment that it is made for. */
export const profile = parseProfile("dev", {
  declaration: "shop",
  environment: "development",
  startupTimeoutMultiplier: "1.5",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15000,
  images: {},
});

export const shop = defineStack({
  name: "shop",
  environments: ["development"],
  services: {
    postgres: postgres({
      image: "postgres:17",
      database: "shop",
      password: secret("postgresPassword"),
      validations: { connectivity: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),
    migrations: job({ image: bundle("migrations/main.ts"), env: { DATABASE_URL: urlOf("postgres") } }),
    api: httpService({
      image: "shop/api:1",
      port: 8080,
      publish: 80,
      env: { DATABASE_URL: urlOf("postgres"), MODE: "fast" },
      validations: { connectivity: { ready: get("/ready", { level: "basic" }) } },
    }),
  },
  phases: {
    application: {
      title: "Application",
      services: ["api"],
      dependsOn: ["data"],
      validation: "connectivity",
      timeout: "20s",
    },
    data: { title: "Data", services: ["postgres", "migrations"], validation: "connectivity", timeout: "61s" },
  },
  needs: { api: ["postgres"] },
  failureHandling: {
    maxRetries: 2,
    backoff: { multiplier: 2, max: "10s" },
    onDependencyChange: "revalidate",
    grace: "7s",
  },
});
