import { describe, expect, test } from "vitest";
import { defineStack, parseProfile, postgres, resolvePlan, secret, sql } from "phasegate";
import { requireSecrets } from "../../../lib/model/require-secrets.ts";
import { unfitSecrets } from "../../../lib/model/unfit-secrets.ts";

const profile = parseProfile("dev", {
  declaration: "webshop",
  environment: "development",
  startupTimeoutMultiplier: "1.5",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15000,
  images: {},
});

const declaration = defineStack({
  name: "webshop",
  services: {
    orderStore: postgres({
      image: "postgres:17",
      database: "orders_of_2024",
      user: "order-clerk",
      password: secret("password"),
      volumes: { ledger: "/var/lib/postgresql/data" },
      validations: { data: { schemaIsMigrated: sql("SELECT 1", { level: "basic" }) } },
    }),
  },
  phases: {
    storage: { title: "Storage of orders", services: ["orderStore"], validation: "data", timeout: "60s" },
  },
  needs: {},
  failureHandling: { maxRetries: 1, backoff: { multiplier: 2, max: "5s" }, grace: "5s" },
  environments: ["development"],
});
const plan = resolvePlan(declaration, profile, "dev");
const problemsOf = (value: string) => unfitSecrets(plan, "project", { password: value });

describe("a value cannot be hidden that", () => {
  test.each([
    ["hop", "fewer than 8 characters"],
    ["🙂🙂🙂🙂🙂🙂🙂", "fewer than 8 characters"],
    ["orderStore", "a name of this stack"],
    ["webshop-dev", "a name of this stack"],
    ["dev-orderStore", "a name of this stack"],
    ["orders_of_2024", "a name of this stack"],
    ["order-clerk", "a name of this stack"],
    ["postgres:17", "a name of this stack"],
    ["schemaIsMigrated", "a name of this stack"],
    ["Storage of", "a name of this stack"],
    ["Store-ledger", "a name of this stack"],
    ["password", "a name of this stack"],
    ["connection", "a word or a number"],
    ["Postgres", "a word or a number"],
    ["CHANGEME", "a word or a number"],
    ["password123", "a word or a number"],
    ["12345678", "a word or a number"],
    ["1700000000123", "a word or a number"],
  ])("is like %j, and the problem does not tell it", (value, why) => {
    const [problem] = problemsOf(value);
    expect(problem?.path).toBe("secrets.password");
    expect(problem?.message).toContain(why);
    expect(problem?.message).toContain(
      'pulumi config set --secret --path "project:secrets.password" --stack dev',
    );
    // "password" is what the secret is called, too.
    if (value !== "password") expect(problem?.message).not.toContain(value);
  });
});

test.each([
  "first-password",
  "correct horse",
  "kR7vq2Zt",
  "a".repeat(16),
  "s3cr3t/pässword",
  "AKIA1234ABCD5678",
])("a value like %j can be", (value) => {
  expect(problemsOf(value)).toEqual([]);
});

test("missing and unfit ones are reported together, with a code and what to do", () => {
  const two = { ...plan, secrets: { ...plan.secrets, token: { generate: false } } };
  let error: unknown;
  try {
    requireSecrets(two, "project", new Set(["password"]), unfitSecrets(two, "project", { password: "hop" }));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code: "PHASEGATE_CONFIG_INVALID",
    message: `stack dev has secrets that must be set:
  - secrets.token: pulumi config set --secret --path "project:secrets.token" --stack dev
  - secrets.password: its value has fewer than 8 characters, so that it cannot be hidden in logs and messages. Set a random one of 16 characters or more: pulumi config set --secret --path "project:secrets.password" --stack dev. A value that is no secret is written into the declaration as it is`,
  });
});
