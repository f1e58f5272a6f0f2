import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { problemsError } from "../core/errors.ts";
import { mapValues } from "../core/record.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { Profile } from "../model/profile.ts";
import { parseProfile } from "../model/profile.ts";
import { requireSecrets } from "../model/require-secrets.ts";
import { setSecretCommand } from "../model/stack-command.ts";
import { unfitSecrets } from "../model/unfit-secrets.ts";

/** This stack's profile, from its config. @throws PhasegateError PHASEGATE_CONFIG_INVALID with every problem. */
export function readProfile(): Profile {
  const config = new pulumi.Config();
  const prefix = `${config.name}:`;
  const entries = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const)
    .filter(([key]) => key !== "secrets");
  return parseProfile(
    pulumi.getStack(),
    Object.fromEntries(entries.map(([key, value]) => [key, configValue(key, value)])),
    config.name,
  );
}

/** The keys whose values are objects. */
const objects: ReadonlySet<string> = new Set(["images", "external", "replicas"]);

/** Pulumi hands every value over as text: an object as JSON. */
function configValue(key: string, value: string): unknown {
  if (!objects.has(key)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * The values that the config object `secrets` sets of the secrets that a plan names. A secret that may be generated
 * need not be among them.
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID with every other secret that has no value, or one that cannot be hidden
 */
export function readSecrets(plan: LifecyclePlan): Readonly<Record<string, pulumi.Output<string>>> {
  const { name: project } = new pulumi.Config();
  const values = secretValues(plan, project, pulumi.runtime.allConfig()[`${project}:secrets`] ?? "{}");
  const set = Object.fromEntries(
    Object.keys(plan.secrets).flatMap((name) => {
      const value = values[name];
      return typeof value === "string" && value !== "" ? [[name, value]] : [];
    }),
  );
  requireSecrets(plan, project, new Set(Object.keys(set)), unfitSecrets(plan, project, set));
  return mapValues(set, (value) => pulumi.secret(value));
}

/** The error of a parser quotes what it could not read: it must not be passed on. */
function secretValues(plan: LifecyclePlan, project: string, json: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(json));
  } catch {
    throw problemsError("PHASEGATE_CONFIG_INVALID", `stack ${plan.stack} has secrets that cannot be read`, [
      {
        path: "secrets",
        message: `must be an object of texts: set each by ${setSecretCommand(plan.stack, "NAME", project)}`,
      },
    ]);
  }
}
