import { problemsError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import type { LifecyclePlan } from "./plan.ts";
import { setSecretCommand } from "./stack-command.ts";

/**
 * Sees to it that every secret of a plan has a value that can be kept secret, or may be given a random one.
 * @param project the Pulumi project's name, which is the namespace of its config
 * @param set the names of the secrets to which the stack's config gives a value
 * @param unfit the problems of the values, where they are known
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID with every secret that has none, and the command that sets it
 */
export function requireSecrets(
  { secrets, stack }: Pick<LifecyclePlan, "secrets" | "stack">,
  project: string,
  set: ReadonlySet<string>,
  unfit: readonly Problem[] = [],
): void {
  const missing = Object.entries(secrets).filter(([name, { generate }]) => !generate && !set.has(name));
  if (missing.length === 0 && unfit.length === 0) return;
  const what = unfit.length === 0 ? "secrets without a value" : "secrets that must be set";
  throw problemsError("PHASEGATE_CONFIG_INVALID", `stack ${stack} has ${what}`, [
    ...missing.map(([name]) => ({
      path: `secrets.${name}`,
      message: setSecretCommand(stack, name, project),
    })),
    ...unfit,
  ]);
}
