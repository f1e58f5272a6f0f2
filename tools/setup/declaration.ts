/** The declaration that a stack deploys: whether its types are right, and what it needs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeImage } from "../../lib/engine/bundle-image.ts";
import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { containersOf } from "../../lib/model/plan.ts";
import { readStackPlan } from "../../lib/project/stack-plan.ts";
import { root } from "../bootstrap/paths.mjs";
import type { Result } from "../bootstrap/report.mjs";
import { lastLines, run } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { hashOf, hashOfFolder, readStamp, writeStamp } from "../bootstrap/stamp.mjs";

const stamp = "types-of-stacks";

/** Type-checks the program and the declarations; an answer holds for as long as the same files are there. */
export async function checkTypes(): Promise<Result> {
  const folders = ["lib", "stacks"].map((folder) => hashOfFolder(join(root, folder)));
  const files = ["index.ts", "tsconfig.json", "package-lock.json"].map((file) =>
    readFileSync(join(root, file)),
  );
  const key = hashOf([...folders, ...files]);
  if (readStamp(stamp) === key) return { was: "types of the declarations are right" };
  const compiler = join(root, "node_modules/typescript-7/bin/tsc");
  const { code, output } = await run(process.execPath, [compiler, "-p", join(root, "stacks")], { cwd: root });
  if (code !== 0) throw new SetupError(`the declarations do not compile:\n${lastLines(output, 30)}`);
  writeStamp(stamp, key);
  return { did: "types of the declarations are right" };
}

/** @throws PhasegateError with every problem of config and declaration */
export async function planOf(stack: string): Promise<LifecyclePlan> {
  return await readStackPlan(root, stack);
}

/** References of the images that must be pulled, or stood in for, before a stack comes up. */
export function imagesOf(plan: LifecyclePlan): string[] {
  const images = Object.values(containersOf(plan)).map(({ image }) =>
    "reference" in image ? image.reference : nodeImage,
  );
  return [...new Set([...images, nodeImage])];
}
