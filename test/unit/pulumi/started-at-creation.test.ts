import { bundle, file, get, httpService, job, logLine, resolvePlan } from "phasegate";
import { expect, test } from "vitest";
import { readSources } from "../../../lib/project/read-sources.ts";
import { startedAtCreation } from "../../../lib/pulumi/started-at-creation.ts";
import { smallProfile, smallStack } from "../../support/small-stack.ts";

const server = {
  image: "shop/server:1",
  port: 8080,
  validations: { ready: { answers: get("/", { level: "basic" }) } },
} as const;
const task = { image: bundle("services/migrations/main.ts") };

const services = {
  plain: httpService(server),
  joined: httpService({ ...server, networks: ["default", "back"], externalNetworks: ["office"] }),
  remembering: httpService({ ...server, resources: { memory: "64mb" } }),
  task: job(task),
  configured: httpService({ ...server, mounts: { "/etc/config": file("package.json") } }),
  limited: httpService({ ...server, resources: { cpus: 0.5 } }),
  bounded: httpService({ ...server, resources: { pids: 50 } }),
  dependent: httpService(server),
  reading: httpService({ ...server, validations: { ready: { says: logLine(/ready/, { level: "basic" }) } } }),
  always: job({ ...task, runs: "everyUp" }),
  nightly: job({ ...task, schedule: "0 3 * * *" }),
  ...Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, httpService(server)])),
};
const phases = [
  ["plain", "joined", "remembering", "task"],
  ["configured", "limited", "bounded", "reading"],
  ["dependent", "always", "nightly", "first"],
  ["a", "b", "c", "d", "e"],
];
const declaration = smallStack(
  { ...services, first: httpService(server) },
  {
    phases: Object.fromEntries(
      phases.map((members, i) => [
        `phase-${i}`,
        { title: `Phase ${i}`, services: members, validation: "ready", timeout: "60s" },
      ]),
    ),
    needs: { dependent: ["first"] },
  },
);
const plan = resolvePlan(declaration, smallProfile, "dev", await readSources(process.cwd(), declaration));

test("what waits for nothing, and is complete when it is created, starts then, on all of its networks", () => {
  expect(startedAtCreation(plan)).toEqual({
    plain: ["shop-dev"],
    joined: ["shop-dev", "shop-dev-back", "office"],
    remembering: ["shop-dev"],
    task: ["shop-dev"],
    first: ["shop-dev"],
  });
});
