import { problemsError } from "../core/errors.ts";
import type { LifecyclePlan } from "./plan.ts";
import { setSecretCommand } from "./stack-command.ts";

/**
 * Sees to it that every secret of a plan has a value, or may be given a random one.
 * @param project the Pulumi project's name, which is the namespace of its config
 * @param set the names of the secrets to which the stack's config gives a value
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID with every secret that has none, and the command that sets it
 */
export function requireSecrets(
  { secrets, stack }: Pick<LifecyclePlan, "secrets" | "stack">,
  project: string,
  set: ReadonlySet<string>,
): void {
  const missing = Object.entries(secrets).filter(([name, { generate }]) => !generate && !set.has(name));
  if (missing.length === 0) return;
  throw problemsError(
    "PHASEGATE_CONFIG_INVALID",
    `stack ${stack} has secrets without a value`,
    missing.map(([name]) => ({
      path: `secrets.${name}`,
      message: setSecretCommand(stack, name, project),
    })),
  );
}
