import { expect, test } from "vitest";
import { readStackPlan } from "../../lib/project/stack-plan.ts";
import { containerType, deployMocked, imageType } from "./registered.ts";

const plan = await readStackPlan(process.cwd(), "dev");
const { frontend, postgres, redis } = plan.services;
if (frontend === undefined || postgres === undefined || postgres.external || redis === undefined)
  throw new Error("netra is another");
const resources = await deployMocked("dev", {
  services: {
    ...plan.services,
    // It runs the frontend's image in another way.
    mirror: { ...frontend, command: ["node", "mirror.mjs"] } as typeof frontend,
    foreign: { ...postgres, platform: "linux/arm64" },
    steady: { ...postgres, pull: "never" },
    redis: { ...redis, pull: "never" } as typeof redis,
  },
  phases: {
    ...plan.phases,
    frontendServices: {
      ...plan.phases["frontendServices"],
      services: ["frontend", "mirror", "foreign", "steady"],
    } as never,
  },
});
const images = resources.filter(({ type, name }) => type === imageType && name !== "coordinator-image");
const imageOf = (service: string) => {
  const container = resources.find(({ type, name }) => type === containerType && name === service);
  return images.find(({ urn }) => container?.dependencies.includes(urn));
};

test("services that run the same image share its row, which is called what the declaration says", () => {
  expect(imageOf("mirror")).toBe(imageOf("frontend"));
  expect(images.map(({ name }) => name).sort()).toEqual([
    "clickhouse/clickhouse-server:24",
    "postgres:17",
    "postgres:17, linux/arm64",
    "postgres:17, pull never",
    "redis:7",
    "services/auth/main.ts",
    "services/backend/main.ts",
    "services/frontend/main.ts",
    "services/migrations/main.ts",
  ]);
  expect(imageOf("foreign")).not.toBe(imageOf("postgres"));
});

test("each way in which the image is run is checked", () => {
  expect(imageOf("frontend")?.inputs["runs"]).toMatchObject([
    { services: ["frontend"] },
    { services: ["mirror"], command: ["node", "mirror.mjs"] },
  ]);
});

test("the image that an earlier version prepared for a service is taken over", () => {
  const stackUrn = resources.find(({ type }) => type === "phasegate:index:Stack")?.urn ?? "";
  const [before] = stackUrn.split("::netra");
  expect(imageOf("postgres")?.aliases).toEqual([
    `${before}$phasegate:index:Phase$phasegate:index:Service$${imageType}::postgres-image`,
  ]);
  expect(imageOf("frontend")?.aliases).toHaveLength(2);
});
