import type * as pulumi from "@pulumi/pulumi";
import type { Deployment } from "./deployment.ts";

/** The values of these secrets and of no others. */
export function secretsNamed(
  names: readonly string[],
  { secrets }: Pick<Deployment, "secrets">,
): pulumi.Input<Record<string, string>> {
  if (names.length === 0) return {};
  const wanted = new Set(names);
  return secrets.apply((values) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => wanted.has(name))),
  );
}
