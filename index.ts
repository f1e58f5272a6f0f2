/** The Pulumi program: `pulumi up --stack dev`. */
import * as pulumi from "@pulumi/pulumi";
import { resolvePlan } from "phasegate";
import {
  preflight,
  readDeclaration,
  readProfile,
  readSecrets,
  readSources,
  reported,
  Stack,
  warnOf,
} from "phasegate/pulumi";

const stack = await reported(async () => {
  const profile = readProfile();
  const declaration = await readDeclaration(process.cwd(), profile.declaration);
  const sources = await readSources(process.cwd(), declaration);
  const plan = resolvePlan(declaration, profile, pulumi.getStack(), sources);
  await warnOf(plan);
  const secrets = readSecrets(plan);
  const host = new pulumi.Config("docker").get("host");
  return new Stack({ plan, secrets, host, found: await preflight(plan, host, secrets) });
});

/** Where each published service is on this machine. */
export const addresses = stack.addresses;
/** The image that each service runs, and where it came from: a registry, this project's source, or a stand-in. */
export const images = stack.images;
