/** The Pulumi program that `npm run bench -- false-readiness` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "phasegate/program";
import type { Draws } from "./systems.ts";

const draws = new pulumi.Config("early").requireObject<Draws>("draws");
await deploy(async () => {
  const { falseReadinessPlan, secrets } = await import("./systems.ts");
  const plan = falseReadinessPlan(draws, pulumi.getStack());
  return { plan, secrets: pulumi.secret<Record<string, string>>({ ...secrets }) };
});
