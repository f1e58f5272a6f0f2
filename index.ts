/** The Pulumi program: `pulumi up --stack dev`. */
import * as pulumi from "@pulumi/pulumi";
import { resolvePlan } from "phasegate";
import { preflight, readProfile, readSecrets, reported, Stack } from "phasegate/pulumi";
import { declarationNamed } from "./stacks/index.ts";

const stack = await reported(async () => {
  const profile = readProfile();
  const plan = resolvePlan(declarationNamed(profile.declaration), profile, pulumi.getStack());
  const secrets = readSecrets(plan);
  const host = new pulumi.Config("docker").get("host");
  await preflight(plan, host);
  return new Stack({ plan, secrets, host });
});

/** A line a service: when it was engine-healthy, when it was ready, the gap between, its address and image. */
export const services = stack.table;
