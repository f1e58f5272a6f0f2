import { expect, test } from "vitest";
import { all, custom, defineStack, get, httpService, parseProfile, resolvePlan } from "phasegate";
import type { ReadinessSpec } from "../../../lib/model/plan.ts";
import { specHashOf } from "../../../lib/model/spec-hash.ts";

const profile = parseProfile("dev", {
  declaration: "shop",
  environment: "development",
  startupTimeoutMultiplier: 1,
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15_000,
  images: {},
});

/** The readiness spec of a service with these options. */
function spec(
  { whenFailing, ...asked }: { path?: `/${string}`; whenFailing?: "restart" | "report" } = {},
  options: { supervision?: { interval: "5s" }; failureThreshold?: number; with?: object } = {},
): ReadinessSpec {
  const { with: own = {}, ...others } = options;
  const meaning = whenFailing && { whenFailing };
  const api = httpService({
    ...{ image: "api:1", port: 80, ...others },
    validations: {
      ready: {
        answers: get(asked.path ?? "/", { level: "basic", ...meaning }),
        whole: all([get("/")], { ...meaning }),
        own: custom("probes/own.ts", { with: { ...own }, ...meaning }),
      },
    },
  });
  const shop = defineStack({
    ...{ name: "shop", environments: ["development"], services: { api } },
    phases: { all: { title: "All", services: ["api"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
  });
  const { readiness } = resolvePlan(shop, profile, "dev").services["api"] ?? {};
  if (readiness === undefined) throw new Error("there is no api");
  return readiness;
}

test("what a probe's failing means is no part of what is expected: nothing is proven again for it", () => {
  const hashes = [undefined, "restart" as const, "report" as const].map((whenFailing) =>
    specHashOf(spec(whenFailing === undefined ? {} : { whenFailing })),
  );
  expect(new Set(hashes).size).toBe(1);
  expect(spec({ whenFailing: "report" }).probes["whole"]).toHaveProperty("whenFailing", "report");
});

test("nor is how the service is watched", () => {
  expect(specHashOf(spec({}, { supervision: { interval: "5s" } }))).toBe(specHashOf(spec()));
});

test("everything that alters a probe is", () => {
  const others = [
    spec({ path: "/other" }),
    spec({}, { failureThreshold: 2 }),
    // A custom probe's options are its own, whatever they are called.
    spec({}, { with: { whenFailing: "report" } }),
    spec({}, { with: { whenFailing: "restart" } }),
  ];
  const hashes = [spec(), ...others].map(specHashOf);
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("the order of the keys does not matter", () => {
  const { probes, ...rest } = spec();
  const turned = Object.fromEntries(Object.entries(probes).toReversed());
  expect(specHashOf({ probes: turned, ...rest })).toBe(specHashOf({ ...rest, probes }));
});
