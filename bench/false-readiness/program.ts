/** The Pulumi program that `npm run bench -- false-readiness` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "phasegate/program";
import type { Draws, Variant } from "./systems.ts";

const config = new pulumi.Config("early");
const draws = config.requireObject<Draws>("draws");
const variant = config.requireObject<Variant>("variant");
await deploy(async () => {
  const { falseReadinessPlan, secrets } = await import("./systems.ts");
  const plan = falseReadinessPlan(draws, pulumi.getStack(), variant);
  return { plan, secrets: pulumi.secret<Record<string, string>>({ ...secrets }) };
});
