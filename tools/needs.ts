/** Prints, as JSON, what a stack needs before it can be brought up: `node tools/needs.ts --stack dev`. */
import { parseArgs } from "node:util";
import { nodeImage } from "../lib/engine/bundle-image.ts";
import { readStackPlan } from "../lib/project/stack-plan.ts";

const { stack = "dev" } = parseArgs({ options: { stack: { type: "string" } } }).values;
const plan = await readStackPlan(process.cwd(), stack);
const images = Object.values(plan.services).map(({ image }) =>
  "reference" in image ? image.reference : nodeImage,
);
console.log(
  JSON.stringify({
    declaration: plan.name,
    images: [...new Set([...images, nodeImage])],
    secrets: plan.secrets,
  }),
);
