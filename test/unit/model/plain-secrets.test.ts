import { describe, expect, test } from "vitest";
import {
  defineStack,
  get,
  httpService,
  parseProfile,
  postgres,
  resolvePlan,
  secret,
  sql,
  urlOf,
} from "phasegate";
import { plainSecrets } from "../../../lib/model/plain-secrets.ts";
import { netra } from "../../../stacks/netra.ts";
import { quickstart } from "../../../stacks/quickstart.ts";

const profile = parseProfile("dev", {
  declaration: "shop",
  environment: "development",
  startupTimeoutMultiplier: 1,
  healthCheckInterval: "30s",
  validationLevel: "comprehensive",
  portBase: 15_000,
  images: {},
});

function warningsOf(env: Readonly<Record<string, string>>) {
  const shop = defineStack({
    name: "shop",
    environments: ["development"],
    services: {
      database: postgres({
        image: "postgres:17",
        database: "shop",
        password: secret("databasePassword"),
        validations: { ready: { answers: sql("SELECT 1") } },
      }),
      api: httpService({
        image: "api:1",
        port: 80,
        env: { ...env, DATABASE_URL: urlOf("database"), API_KEY: secret("apiKey") },
        validations: { ready: { answers: get("/") } },
      }),
    },
    phases: { all: { title: "All", services: ["database", "api"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
  });
  return plainSecrets(resolvePlan(shop, profile, "dev"));
}

test("a password in plain text is a warning with its place and what to write, and the value is not shown", () => {
  const warnings = warningsOf({ DB_PASSWORD: "hunter2-and-more" });
  expect(warnings).toEqual([
    {
      path: "services.api.env.DB_PASSWORD",
      message:
        'looks like a secret in plain text: write secret("dbPassword"), and set it by pulumi config set --secret --path "phasegate:secrets.dbPassword" --stack dev',
    },
  ]);
});

test("the declarations of this project are without", () => {
  for (const declaration of [netra, quickstart])
    expect(plainSecrets(resolvePlan(declaration, profile, "dev"))).toEqual([]);
});

describe("what is taken for a secret", () => {
  test.for([
    ["POSTGRES_PASSWORD", "letmein"],
    ["REDIS_PASS", "123456"],
    ["PGPASSWORD", "x1y2z3"],
    ["JWT_SECRET", "changeme"],
    ["stripeApiKey", "sk_test_0123456789"],
    ["AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"],
    ["GITHUB_TOKEN", "ghp_0123456789abcdef"],
    ["ORDERS_URL", "postgres://app:hunter2@database:5432/app"],
    ["BROKER", "amqp://guest:guest@queue"],
    ["TLS", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
  ] as const)("%s=%s", ([name, value]) => {
    const [warning] = warningsOf({ [name]: value });
    expect(warning?.path).toBe(`services.api.env.${name}`);
    expect(JSON.stringify(warning)).not.toContain(JSON.stringify(value).slice(1, -1));
  });
});

describe("what is none, whatever it is called", () => {
  test.for([
    ["MAX_TOKEN_COUNT", "4096"],
    ["MAX_TOKENS", "4096"],
    ["TOKEN_LIMIT", "100000"],
    ["ACCESS_TOKEN", "3600"],
    ["PASSWORD_LOGIN", "true"],
    ["REQUIRE_PASSWORD", "strong"],
    ["PASSWORD_POLICY", "at-least-twelve"],
    ["PASSWORD_MIN_LENGTH", "12"],
    ["DB_PASSWORD_FILE", "/run/secrets/db"],
    ["TLS_SECRET", "/etc/tls/key.pem"],
    ["SORT_KEY", "created_at"],
    ["CACHE_KEY", "shop-v2"],
    ["PARTITION_KEY", "tenant"],
    ["AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"],
    ["NEXT_PUBLIC_API_KEY", "pk_live_0123"],
    ["SMTP_AUTH", "plain"],
    ["AUTH_TOKEN", "required"],
    ["API_KEY_HEADER", "X-Api-Key"],
    ["DB_PASSWORD", "${DB_PASSWORD}"],
    ["DB_PASSWORD", ""],
    ["TOKEN_URL", "https://issuer.example/token"],
    ["PROXY_PASS", "http://upstream:8080/"],
    ["CALLBACK", "https://user@host:8080/path"],
    ["PWD", "/app"],
    ["LOG_LEVEL", "debug"],
  ] as const)("%s=%s", ([name, value]) => {
    expect(warningsOf({ [name]: value })).toEqual([]);
  });
});
