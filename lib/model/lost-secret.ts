import { PhasegateError } from "../core/errors.ts";
import { passwordsKeptInVolumes } from "./kept-passwords.ts";
import type { LifecyclePlan } from "./plan.ts";
import { engineName } from "./plan.ts";
import { setSecretCommand } from "./stack-command.ts";

/** The volumes, by their names on the engine, whose data keeps a secret. */
export function volumesKeeping(secret: string, plan: LifecyclePlan): string[] {
  return Object.entries(plan.services).flatMap(([service, servicePlan]) =>
    passwordsKeptInVolumes(servicePlan)
      .filter((kept) => kept.secret === secret)
      .map(({ volume }) => engineName(plan, `${service}-${volume}`)),
  );
}

/**
 * Why no value is made up for a secret: a volume that is there before the secret keeps another value, one that a state
 * which is gone held. A new value would be refused by the data, and the service never ready.
 */
export function lostSecret(secret: string, volume: string, stack: string): PhasegateError {
  return new PhasegateError(
    "PHASEGATE_SECRET_LOST",
    `no value is generated for the secret ${secret}: the volume ${volume} is there from an earlier stack, and its data keeps the value of that time.\n` +
      `If you have that value, set it: ${setSecretCommand(stack, secret)}\n` +
      `If the data may go: docker volume rm ${volume}`,
  );
}
