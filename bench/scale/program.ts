/** The Pulumi program that `npm run bench -- scale` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { preflight, reported, Stack } from "phasegate/pulumi";
import { scalePlan } from "./plan.ts";

const config = new pulumi.Config("big");
const size = { services: config.requireNumber("services"), phases: config.requireNumber("phases") };
const plan = scalePlan(size, pulumi.getStack());
await reported(async () => {
  const found = await preflight(plan, undefined);
  return new Stack({ plan, secrets: pulumi.secret<Record<string, string>>({}), found });
});
