import * as pulumi from "@pulumi/pulumi";
import type { RegistryAccount } from "../engine/registry-account.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { setSecretCommand } from "../model/stack-command.ts";
import { fillText } from "../model/text.ts";

/**
 * The accounts of a plan's registries, with their values.
 * @param secrets the values that the stack's config sets: none of these is generated
 */
export function registryAccounts(
  { registries = {}, stack }: Pick<LifecyclePlan, "registries" | "stack">,
  secrets: Readonly<Record<string, pulumi.Output<string>>>,
): pulumi.Output<readonly RegistryAccount[]> {
  const { name: project } = new pulumi.Config();
  return pulumi.all(secrets).apply((values) =>
    Object.entries(registries).map(
      ([
        registry,
        {
          username,
          password: { secret },
        },
      ]) => ({
        registry,
        username: fillText(username, values),
        password: values[secret] ?? "",
        advice: `Set the secret ${secret}: ${setSecretCommand(stack, secret, project)}`,
      }),
    ),
  );
}
