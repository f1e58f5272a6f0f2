import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../core/record.ts";
import { volumesKeeping } from "../model/lost-secret.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { GeneratedSecret } from "./generated-secret.ts";

/** One secret of a stack. */
export interface StackSecret {
  readonly value: pulumi.Output<string>;
  /** The resource that has made the value up; undefined where the stack's config sets it. */
  readonly generated: GeneratedSecret | undefined;
}

/** The secrets that a plan names: the given ones, and the others generated. */
export function stackSecrets(
  plan: LifecyclePlan,
  given: Readonly<Record<string, pulumi.Output<string>>>,
  host: string | undefined,
  parent: pulumi.Resource,
): Record<string, StackSecret> {
  return mapValues(plan.secrets, (_, name): StackSecret => {
    const value = given[name];
    if (value !== undefined) return { value: pulumi.secret(value), generated: undefined };
    const generated = new GeneratedSecret(
      name,
      { stack: plan.stack, volumes: volumesKeeping(name, plan), host },
      { parent },
    );
    return { value: pulumi.secret(generated.value), generated };
  });
}

/** The values of these secrets and of no others. */
export function secretsNamed(
  names: readonly string[],
  secrets: Readonly<Record<string, StackSecret>>,
): pulumi.Output<Record<string, string>> {
  const wanted = [...new Set(names)].map((name) => {
    const secret = secrets[name];
    if (secret === undefined) throw new Error(`the stack has no secret ${name}`);
    return [name, secret.value] as const;
  });
  return pulumi.all(Object.fromEntries(wanted));
}

/** The resources that make up those of these secrets that are generated. */
export function generatedFor(
  names: readonly string[],
  secrets: Readonly<Record<string, StackSecret>>,
): GeneratedSecret[] {
  return [...new Set(names)].flatMap((name) => secrets[name]?.generated ?? []);
}
