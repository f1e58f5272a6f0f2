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

/** Where each published service is on this machine. */
export const addresses = stack.addresses;
/** The image that each service runs, and where it came from: a registry, this project's source, or a stand-in. */
export const images = stack.images;
