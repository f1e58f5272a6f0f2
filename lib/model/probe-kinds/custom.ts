import { z } from "zod";
import type { Json } from "../../core/json.ts";
import { jsonSchema } from "../../core/json.ts";
import type { CustomModule } from "../custom-module.ts";
import { customModuleSchema } from "../custom-module.ts";
import { eachOf, made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { SecretRef } from "../text.ts";
import { textSchema } from "../text.ts";

export const customCode = probeKind(
  "custom",
  {
    /** The file of the declaration's project whose default export is the probe. */
    module: customModuleSchema,
    with: jsonSchema.optional(),
    /** What the probe may ask for with `secret(name)`. */
    secrets: z.record(z.string(), textSchema),
  },
  {
    party: ({ module }) => module,
    texts: ({ secrets }) => Object.values(secrets),
    describe: ({ module }) => module,
  },
);
export interface DeclaredCustomCode extends DeclaredAs<typeof customCode> {}

/**
 * A probe written as code: a file of this project whose default export is made by `probe()`. It is bundled
 * with the coordinator and runs there, inside the stack's network.
 * @example custom("stacks/probes/queue-depth.ts", { with: { under: 100 }, secrets: { token: secret("queueToken") } })
 */
export function custom(
  module: CustomModule,
  options?: ProbeOptions & {
    /** The probe's options, as they stand in the plan: no place for secrets. */
    readonly with?: Json;
    /** The secrets that the probe may ask for by these names. */
    readonly secrets?: Readonly<Record<string, SecretRef>>;
  },
): DeclaredCustomCode {
  const { secrets = {}, ...probe } = made({ kind: "custom", module }, options);
  return { ...probe, secrets: eachOf(secrets, (ref) => [ref]) };
}
