/** The Pulumi program that `npm run bench -- probes` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "phasegate/program";

const config = new pulumi.Config("probes");
await deploy(async () => {
  const { probedPlan, secrets } = await import("./declaration.ts");
  const plan = probedPlan(config.require("measured"), config.requireNumber("probes"), pulumi.getStack());
  return { plan, secrets: pulumi.secret<Record<string, string>>({ ...secrets }) };
});
