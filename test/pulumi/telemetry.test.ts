import { describe, expect, test } from "vitest";
import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { containerType, deployMocked } from "./registered.ts";

const type = "pulumi-nodejs:dynamic/phasegate:Telemetry";
const alerting: LifecyclePlan["alerting"] = {
  ...{ after: "30s", repeat: "4h" },
  sinks: {
    pager: { kind: "webhook", url: [{ secret: "pagerUrl" }], signingKey: { secret: "pagerKey" } },
  },
};
const published = { ip: "127.0.0.1", port: 15_900, containerPort: 9464 };
const secrets = { pagerUrl: { generate: false }, pagerKey: { generate: true } };

describe("alerts and metrics that are declared", async () => {
  const resources = await deployMocked("dev", { alerting, metrics: { published }, secrets: { ...secrets } });
  const telemetry = resources.find((one) => one.type === type);

  test("are typed properties of a resource of their own, and their secrets are secrets", () => {
    expect(telemetry?.inputs).toMatchObject({ alerting, metrics: { published }, environment: "development" });
    const values = JSON.stringify(telemetry?.inputs["secrets"]);
    expect(values).toContain("4dabf18193072939515e22adb298388d");
    expect(values).toContain("pagerKey");
  });

  test("reach the coordinator that is there, and it publishes the port of the metrics", () => {
    const coordinator = resources.find((one) => one.type === containerType && one.name === "coordinator");
    expect(telemetry?.dependencies).toContain(coordinator?.urn);
    expect(coordinator?.inputs["ports"]).toEqual([
      { ip: "127.0.0.1", external: 15_900, internal: 9464, protocol: "tcp" },
    ]);
    expect(JSON.stringify(coordinator?.inputs)).not.toContain("pager");
  });
});

test("where nothing of it is declared there is no such resource, and the coordinator publishes nothing", async () => {
  const resources = await deployMocked("dev");
  expect(resources.filter((one) => one.type === type)).toEqual([]);
  const coordinator = resources.find((one) => one.type === containerType && one.name === "coordinator");
  expect(coordinator?.inputs["ports"]).toBeUndefined();
});
