/** The Pulumi program that `npm run bench -- scale` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "phasegate/program";

const config = new pulumi.Config("big");
const size = { services: config.requireNumber("services"), phases: config.requireNumber("phases") };
await deploy(async () => {
  const { scalePlan } = await import("./plan.ts");
  return { plan: scalePlan(size, pulumi.getStack()), secrets: {} };
});
