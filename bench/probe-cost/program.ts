/** The Pulumi program that `npm run bench -- probes` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { preflight, reported, Stack } from "phasegate/pulumi";
import { probedPlan, secrets } from "./declaration.ts";

const config = new pulumi.Config("probes");
const plan = probedPlan(config.require("measured"), config.requireNumber("probes"), pulumi.getStack());
await reported(async () => {
  await preflight(plan, undefined);
  return new Stack({ plan, secrets: pulumi.secret<Record<string, string>>({ ...secrets }) });
});
