import { expect, test } from "vitest";
import { parseProfile, resolvePlan } from "phasegate";
import type { DeclaredProbe } from "../../../lib/model/probe.ts";
import { get, post } from "../../../lib/model/probes.ts";
import { httpService } from "../../../lib/model/services.ts";
import { thrownBy } from "../../support/thrown.ts";

const profile = parseProfile("dev", {
  ...{
    declaration: "shop",
    environment: "development",
    startupTimeoutMultiplier: 1,
    healthCheckInterval: "10s",
  },
  ...{ validationLevel: "comprehensive", portBase: 15_000, images: {} },
});

const plan = (probe: DeclaredProbe<"http">) =>
  resolvePlan(
    {
      ...{ name: "shop", environments: ["development"], needs: {} },
      services: { api: httpService({ image: "api:1", port: 80, validations: { ready: { probe } } }) },
      phases: { all: { title: "All", services: ["api"], validation: "ready", timeout: "60s" } },
      failureHandling: { maxRetries: 1, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
    },
    profile,
    "dev",
  );

test("what may be left out stays out of the plan, and the rest is spelt out", () => {
  const probe = get("/", { text: /ready/i, responseHeaders: { "X-Version": "4" }, redirects: 2 });
  expect(plan(probe).services["api"]?.readiness.probes["probe"]).toEqual({
    ...{ kind: "http", method: "GET", path: "/", headers: {}, status: [200] },
    text: { matches: { source: "ready", flags: "i" } },
    responseHeaders: { "x-version": { is: "4" } },
    redirects: { atMost: 2, hosts: [] },
    ...{ timeout: "5s", level: "comprehensive", mutates: false },
  });
});

test("the secrets of a form and of a body are the plan's", () => {
  expect(plan(post("/", { form: { password: [{ secret: "probePassword" }] } })).secrets).toEqual({
    probePassword: { generate: false },
  });
  expect(plan(post("/", { bodyText: ["token=", { secret: "token" }] })).secrets).toEqual({
    token: { generate: false },
  });
});

test.for<[DeclaredProbe<"http">, string]>([
  [post("/", { body: {}, form: {} }), "probe.form: there is a body already, body: a request has one"],
  [
    post("/", { form: {}, bodyText: "x" }),
    "probe.bodyText: there is a body already, form: a request has one",
  ],
  [get("/", { redirects: 1, p95: { under: "1s", samples: 2 } }), "probe.redirects: means nothing beside p95"],
  [get("/", { redirects: 0 }), "probe.redirects.atMost: must be a whole number from 1 to 20"],
  [get("/", { redirects: "yes" as unknown as number }), "probe.redirects: must be a number of redirects"],
  [get("/", { text: /ready/g }), "the flags g and y have no meaning here"],
  [get("/", { text: 7 as unknown as string }), "probe.text: must be a text that the body contains"],
  [get("/", { responseHeaders: { "x y": "1" } }), "is not the name of a header"],
  [get("/", { responseHeaders: 7 as unknown as Record<string, string> }), "probe.responseHeaders"],
  [get("/", { port: 70_000 }), "probe.port: must be a whole number from 1 to 65535"],
  [get("/", { host: "http://api" }), 'probe.host: "http://api" is not a host name'],
])("%o is refused with its place", ([probe, expected]) => {
  expect(thrownBy(() => plan(probe))).toContain(expected);
});
