/** The Pulumi program that `npm run bench -- chain` and its like bring up. */
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "phasegate/program";
import type { ShapeName } from "./shapes.ts";

const config = new pulumi.Config("shape");
await deploy(async () => {
  const { shapePlan } = await import("./plan.ts");
  const plan = shapePlan(
    config.require<ShapeName>("shape"),
    config.requireNumber("lateMs"),
    pulumi.getStack(),
  );
  return { plan, secrets: {} };
});
