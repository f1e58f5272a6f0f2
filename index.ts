/** The Pulumi program: `pulumi up --stack dev`. */
import * as pulumi from "@pulumi/pulumi";
import { resolvePlan } from "phasegate";
import { preflight, readProfile, readSecrets, Stack } from "phasegate/pulumi";
import { declarationNamed } from "./stacks/index.ts";

const profile = readProfile();
const plan = resolvePlan(declarationNamed(profile.declaration), profile, pulumi.getStack());
const host = new pulumi.Config("docker").get("host");
await preflight(plan, host);

const stack = new Stack({ plan, secrets: readSecrets(plan), host });

/** A line a service: when it was engine-healthy, when it was ready, the gap between, its address and image. */
export const services = stack.table;
