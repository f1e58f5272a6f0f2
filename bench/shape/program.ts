/** The Pulumi program that `npm run bench -- chain` and its like bring up. */
import * as pulumi from "@pulumi/pulumi";
import { preflight, reported, Stack } from "phasegate/pulumi";
import type { ShapeName } from "./shapes.ts";
import { shapePlan } from "./shapes.ts";

const config = new pulumi.Config("shape");
const plan = shapePlan(config.require<ShapeName>("shape"), config.requireNumber("lateMs"), pulumi.getStack());
await reported(async () => {
  await preflight(plan, undefined);
  return new Stack({ plan, secrets: pulumi.secret<Record<string, string>>({}) });
});
