import type { ServiceReadinessInputs } from "./readiness-inputs.ts";
import { unknown } from "./unknown.ts";

/** What will go wrong unless somebody acts: a new value of a password that the service goes on keeping. */
export function passwordWarnings(
  olds: Pick<ServiceReadinessInputs, "secrets">,
  {
    service,
    keptPasswords = [],
    secrets,
  }: Pick<ServiceReadinessInputs, "service" | "keptPasswords" | "secrets">,
): string[] {
  const changed = keptPasswords.filter(({ secret }) => {
    const [before, after] = [olds.secrets[secret], secrets[secret]];
    return before !== undefined && after !== undefined && after !== unknown && before !== after;
  });
  return changed.map(
    ({ secret, volume }) =>
      `${service} keeps its password in its volume ${volume}: the new value of the secret ${secret} does not reach the data that is there, and will be refused unless the password is changed inside ${service} as well. See "Changing a password" in docs/environments.md.`,
  );
}
