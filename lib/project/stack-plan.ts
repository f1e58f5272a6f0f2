import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { errorText, PhasegateError, problemsError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { check } from "../core/zod-problems.ts";
import type { StackDeclaration } from "../model/declaration.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { Profile } from "../model/profile.ts";
import { parseProfile } from "../model/profile.ts";
import { resolvePlan } from "../model/resolve-plan.ts";
import { readDeclaration } from "./read-declaration.ts";
import { readSources } from "./read-sources.ts";

const projectSchema = z.object({
  name: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
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
 * @throws PhasegateError PHASEGATE_STACK_UNKNOWN, PHASEGATE_CONFIG_INVALID, PHASEGATE_DECLARATION_UNREADABLE,
 *   PHASEGATE_DECLARATION_UNKNOWN
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
  const defaults = Object.entries(project.config).flatMap(([key, value]) => {
    const fallback = defaultOf(value);
    return fallback === undefined ? [] : [[key, fallback] as const];
  });
  const { secrets: _secrets, ...raw } = Object.fromEntries([...defaults, ...own]);
  const profile = parseProfile(stack, raw, project.name);
  const declaration = await readDeclaration(root, profile.declaration);
  const set = new Set(own.map(([key]) => key));
  return {
    stack,
    profile,
    defaults: new Set(Object.keys(profile).filter((key) => !set.has(key))),
    declaration,
  };
}

/** The default of a key of Pulumi.yaml: of its schema, or the value itself where none is written. */
function defaultOf(value: unknown): unknown {
  const isSchema = typeof value === "object" && value !== null && !Array.isArray(value);
  return isSchema ? (value as { readonly default?: unknown }).default : value;
}

/**
 * The plan of one stack, read from the project's files.
 * @throws PhasegateError as {@link readStack}, and PHASEGATE_DECLARATION_INVALID
 */
export async function readStackPlan(root: string, stack: string): Promise<LifecyclePlan> {
  const { declaration, profile } = await readStack(root, stack);
  return resolvePlan(declaration, profile, stack, await readSources(root, declaration));
}

/** The stacks that have a config file. */
export async function stackNames(root: string): Promise<string[]> {
  const files = await readdir(root);
  return files.flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/** A file of the project, read and checked. Lines are not quoted: they may hold a secret. */
async function readYaml<S extends z.ZodType>(root: string, file: string, schema: S): Promise<z.infer<S>> {
  const text = await readFile(join(root, file), "utf8").catch((error: unknown) => {
    throw new PhasegateError(
      "PHASEGATE_CONFIG_INVALID",
      `${file} cannot be read in ${root}: ${errorText(error)}\nRun the command in the folder of the project.`,
      { cause: error },
    );
  });
  const document = parseDocument(text);
  const invalid = (problems: readonly Problem[]) =>
    problemsError("PHASEGATE_CONFIG_INVALID", `${file} has problems`, problems);
  if (document.errors.length > 0)
    throw invalid(
      document.errors.map(({ message, linePos }) => ({
        path: `line ${linePos?.[0].line ?? 1}`,
        message: (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""),
      })),
    );
  const { data, problems } = check(schema, document.toJS() ?? {});
  if (problems !== undefined) throw invalid(problems);
  return data;
}
