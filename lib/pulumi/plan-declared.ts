import * as pulumi from "@pulumi/pulumi";
import { resolvePlan } from "../model/resolve-plan.ts";
import { readDeclaration } from "../project/read-declaration.ts";
import { readSources } from "../project/read-sources.ts";
import { readProfile, readSecrets } from "./config.ts";
import type { Planned } from "./deploy-planned.ts";
import { warnOf } from "./warned.ts";

/**
 * This stack's plan, by its config and the project's declarations.
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID, PHASEGATE_DECLARATION_UNKNOWN, PHASEGATE_DECLARATION_INVALID
 */
export async function planDeclared(): Promise<Planned> {
  const root = process.cwd();
  const profile = readProfile();
  const declaration = await readDeclaration(root, profile.declaration);
  const sources = await readSources(root, declaration);
  const plan = resolvePlan(declaration, profile, pulumi.getStack(), sources);
  await warnOf(plan);
  return { plan, secrets: readSecrets(plan), host: new pulumi.Config("docker").get("host") };
}
