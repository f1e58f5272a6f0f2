import { expect, test } from "vitest";
import { readStackPlan } from "../../../lib/project/stack-plan.ts";

// The plans as a reviewer sees them: a change of the declaration or of a default shows here as a diff.
test.for(["dev", "test", "staging", "prod"])("the plan of netra in the stack %s", async (stack) => {
  const plan = await readStackPlan(process.cwd(), stack);
  await expect(`${JSON.stringify(plan, null, 2)}\n`).toMatchFileSnapshot(
    `../../golden/netra-${stack}.plan.json`,
  );
});
