/** The Pulumi program of `npm run bench -- --many`: services of one phase, each ready the same time after its start. */
import * as pulumi from "@pulumi/pulumi";
import type { StackDeclaration } from "phasegate";
import { bundle, get, httpService, parseProfile, resolvePlan } from "phasegate";
import { reported, Stack } from "phasegate/pulumi";

const config = new pulumi.Config("many");
const names = Array.from({ length: config.requireNumber("services") }, (_, i) => `late-${i}`);
const service = httpService({
  image: bundle("bench/late-server.ts"),
  port: 8080,
  env: { LATE_MS: String(config.requireNumber("lateMs")) },
  validations: { ready: { answers: get("/", { level: "basic" }) } },
});
const many: StackDeclaration = {
  name: "many",
  environments: ["test"],
  services: Object.fromEntries(names.map((name) => [name, service])),
  phases: { all: { title: "All", services: names, validation: "ready", timeout: "120s" } },
  needs: {},
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
};
const profile = parseProfile("bench", {
  declaration: "many",
  environment: "test",
  startupTimeoutMultiplier: "1",
  healthCheckInterval: "10s",
  validationLevel: "basic",
  portBase: 20_000,
  images: {},
});
await reported(
  () =>
    new Stack({
      plan: resolvePlan(many, profile, pulumi.getStack()),
      secrets: pulumi.secret<Record<string, string>>({}),
    }),
);
