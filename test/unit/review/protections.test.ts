import { expect, test } from "vitest";
import { parseProfile, resolvePlan, running, service, type ContainerOptions } from "phasegate";
import { viewPlan } from "../../../lib/review/plan-view.ts";
import { weakenings } from "../../../lib/review/weakening.ts";

const profile = parseProfile("dev", {
  declaration: "boxed",
  environment: "development",
  startupTimeoutMultiplier: "1",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15_000,
  images: {},
});

function planned(options: ContainerOptions) {
  const box = service({
    image: "box:1",
    validations: { ready: { runs: running({ level: "basic" }) } },
    ...options,
  });
  const declaration = {
    name: "boxed",
    environments: ["development"],
    services: { box },
    phases: { all: { title: "All", services: ["box"], validation: "ready", timeout: "60s" } },
    needs: {},
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  } as const;
  return viewPlan(resolvePlan(declaration, profile, "dev"));
}

/** The rules by which a change of options proves or protects less. */
function weaker(before: ContainerOptions, after: ContainerOptions): readonly string[] {
  return weakenings(planned(before), planned(after)).map(({ rule }) => rule);
}

test.for<[string, ContainerOptions, ContainerOptions]>([
  ["capability-added", {}, { capabilities: { add: ["NET_ADMIN"] } }],
  ["capability-added", { capabilities: { drop: ["all"] } }, {}],
  ["capability-added", { capabilities: { drop: ["KILL", "CHOWN"] } }, { capabilities: { drop: ["KILL"] } }],
  ["writable-now", { readOnly: true }, {}],
  ["user-raised", { runAs: "app" }, {}],
  ["user-raised", { runAs: "1000:1000" }, { runAs: "0:0" }],
  ["confinement-loosened", {}, { securityOptions: ["seccomp=unconfined"] }],
  ["confinement-loosened", { securityOptions: ["apparmor=strict"] }, {}],
  ["device-added", {}, { devices: { "/dev/fuse": "/dev/fuse" } }],
  [
    "device-added",
    { devices: { "/dev/a": { host: "/dev/a", permissions: "r" } } },
    { devices: { "/dev/a": "/dev/a" } },
  ],
  ["looser service resources.memory", { resources: { memory: "64mb" } }, {}],
  ["looser service resources.cpus", { resources: { cpus: 1 } }, {}],
  ["looser service resources.pids", { resources: { pids: 10 } }, {}],
])("%s: from %j to %j", ([rule, before, after]) => {
  expect(weaker(before, after)).toEqual([rule]);
  expect(weaker(after, after)).toEqual([]);
});

test.for<[ContainerOptions, ContainerOptions]>([
  [{}, { capabilities: { drop: ["all"] } }],
  [{ capabilities: { drop: ["KILL"] } }, { capabilities: { drop: ["all"] } }],
  [{}, { readOnly: true, runAs: "app", resources: { memory: "64mb" } }],
  [{ runAs: "root" }, {}],
  [{ securityOptions: ["seccomp=unconfined"] }, { securityOptions: ["apparmor=strict"] }],
  [{ resources: { memory: "64mb" } }, { resources: { memory: "96mb" } }],
])("from %j to %j nothing protects less", ([before, after]) => {
  expect(weaker(before, after)).toEqual([]);
});
