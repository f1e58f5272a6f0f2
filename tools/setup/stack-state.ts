/** What Pulumi knows of a stack, as `pulumi stack export` tells it. */
import { z } from "zod";
import { root } from "../bootstrap/paths.mjs";
import { run } from "../bootstrap/run.mjs";

const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
export type StateResource = z.infer<typeof resourceSchema>;

const exportSchema = z.object({
  deployment: z
    .object({
      resources: z.array(resourceSchema).nullish(),
      pending_operations: z.array(z.object({ type: z.string(), resource: resourceSchema })).nullish(),
    })
    .nullable(),
});

export interface StackState {
  readonly resources: readonly StateResource[];
  /** What a Pulumi that was killed had begun. */
  readonly pending: readonly { readonly type: string; readonly resource: StateResource }[];
}

/** Undefined when there is no such stack. */
export async function readState(stack: string, env: NodeJS.ProcessEnv): Promise<StackState | undefined> {
  const { code, stdout } = await run("pulumi", ["stack", "export", "--stack", stack, "--non-interactive"], {
    env,
    cwd: root,
  });
  if (code !== 0) return undefined;
  const { deployment } = exportSchema.parse(JSON.parse(stdout));
  return { resources: deployment?.resources ?? [], pending: deployment?.pending_operations ?? [] };
}
