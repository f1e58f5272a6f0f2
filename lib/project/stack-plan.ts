import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { PhasegateError, problemsError } from "../core/errors.ts";
import { zodProblems } from "../core/problem.ts";
import type { StackDeclaration } from "../model/declaration.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { Profile } from "../model/profile.ts";
import { parseProfile } from "../model/profile.ts";
import { resolvePlan } from "../model/resolve-plan.ts";

const projectSchema = z.object({
  name: z.string(),
  config: z.record(z.string(), z.object({ default: z.unknown().optional() })).default({}),
});
const stackSchema = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/** One stack of the project, as its files describe it. */
export interface ProjectStack {
  readonly stack: string;
  readonly profile: Profile;
  /** The keys of the profile that the stack's own file leaves to the project's default. */
  readonly defaults: ReadonlySet<string>;
  readonly declaration: StackDeclaration;
}

/**
 * Reads one stack from the project's files as Pulumi would: no engine, no backend and no passphrase is asked.
 * @throws PhasegateError PHASEGATE_STACK_UNKNOWN, PHASEGATE_CONFIG_INVALID, PHASEGATE_DECLARATION_UNKNOWN
 */
export async function readStack(root: string, stack: string): Promise<ProjectStack> {
  const project = await readYaml(root, "Pulumi.yaml", projectSchema);
  const file = `Pulumi.${stack}.yaml`;
  const stacks = await stackNames(root);
  if (!stacks.includes(stack)) {
    throw new PhasegateError(
      "PHASEGATE_STACK_UNKNOWN",
      `there is no stack ${stack}: ${file} does not exist; there are ${stacks.join(", ")}`,
    );
  }
  const { config } = await readYaml(root, file, stackSchema);
  const prefix = `${project.name}:`;
  const own = Object.entries(config).flatMap(([key, value]) =>
    key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
  );
  const defaults = Object.entries(project.config).flatMap(([key, value]) =>
    value.default === undefined ? [] : [[key, value.default] as const],
  );
  const { secrets: _secrets, ...raw } = Object.fromEntries([...defaults, ...own]);
  const profile = parseProfile(stack, raw);
  const declaration = await readDeclaration(root, profile.declaration);
  const set = new Set(own.map(([key]) => key));
  return {
    stack,
    profile,
    defaults: new Set(Object.keys(profile).filter((key) => !set.has(key))),
    declaration,
  };
}

/** One of the project's declarations. @throws PhasegateError PHASEGATE_DECLARATION_UNKNOWN */
export async function readDeclaration(root: string, name: string): Promise<StackDeclaration> {
  const { declarationNamed } = (await import(pathToFileURL(join(root, "stacks/index.ts")).href)) as {
    declarationNamed(name: string): StackDeclaration;
  };
  return declarationNamed(name);
}

/**
 * The plan of one stack, read from the project's files.
 * @throws PhasegateError as {@link readStack}, and PHASEGATE_DECLARATION_INVALID
 */
export async function readStackPlan(root: string, stack: string): Promise<LifecyclePlan> {
  const { declaration, profile } = await readStack(root, stack);
  return resolvePlan(declaration, profile, stack);
}

/** The stacks that have a config file. */
export async function stackNames(root: string): Promise<string[]> {
  const files = await readdir(root);
  return files.flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

async function readYaml<S extends z.ZodType>(root: string, file: string, schema: S): Promise<z.infer<S>> {
  const parsed = schema.safeParse(parse(await readFile(join(root, file), "utf8")));
  if (parsed.success) return parsed.data;
  throw problemsError("PHASEGATE_CONFIG_INVALID", `${file} has problems`, zodProblems(parsed.error));
}
