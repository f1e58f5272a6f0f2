/** The Pulumi program that `npm run bench -- false-readiness` brings up. */
import * as pulumi from "@pulumi/pulumi";
import { preflight, reported, Stack } from "phasegate/pulumi";
import type { Draws } from "./systems.ts";
import { falseReadinessPlan, secrets } from "./systems.ts";

const draws = new pulumi.Config("early").requireObject<Draws>("draws");
const plan = falseReadinessPlan(draws, pulumi.getStack());
await reported(async () => {
  await preflight(plan, undefined);
  return new Stack({ plan, secrets: pulumi.secret<Record<string, string>>({ ...secrets }) });
});
