import { Command } from "commander";
import { alignColumns } from "../core/columns.ts";
import { counted } from "../core/counted.ts";
import { PhasegateError } from "../core/errors.ts";
import { resolvePlan } from "../model/resolve-plan.ts";
import type { ParityDifference, ParityReport } from "../review/parity.ts";
import { compareStacks } from "../review/parity.ts";
import { valueText } from "../review/value-text.ts";
import { readDeclaration } from "../project/read-declaration.ts";
import { readSources } from "../project/read-sources.ts";
import { readStack, stackNames } from "../project/stack-plan.ts";

/** `phasegate parity`: where the environments' plans differ, and whether they may. Exit code 1 when one may not. Asks no engine. */
export function parityCommand(): Command {
  return new Command("parity")
    .summary("Show where the plans of the stacks differ, and whether they may")
    .description(
      "Show where the plans of the project's stacks differ, and which entry of the declaration's parity.allow permits it. The exit code is 1 if no entry permits a difference. Needs no engine.",
    )
    .option(
      "--declaration <name>",
      "compare this declaration in the environments of all stacks, whatever they deploy",
    )
    .option("--json", "print JSON")
    .action(async ({ declaration, json }: { declaration?: string; json?: true }) => {
      const reports = await projectParity(process.cwd(), declaration);
      console.log(json ? JSON.stringify(reports, null, 2) : reports.map(parityText).join("\n\n"));
      process.exitCode = reports.every(({ same }) => same) ? 0 : 1;
    });
}

/** A report, and in which file each stack's profile stands. */
export interface ProjectParity extends ParityReport {
  /** The keys that a stack leaves to the default in Pulumi.yaml, by stack. */
  readonly projectDefaults: Readonly<Record<string, readonly string[]>>;
}

/**
 * Compares all stacks of a project, those of one declaration with each other.
 * @param only a declaration that is compared in the environments of all stacks instead
 * @throws PhasegateError PHASEGATE_STACK_UNKNOWN, PHASEGATE_CONFIG_INVALID, PHASEGATE_DECLARATION_UNKNOWN, PHASEGATE_DECLARATION_INVALID
 */
export async function projectParity(root: string, only?: string): Promise<ProjectParity[]> {
  const names = await stackNames(root);
  if (names.length === 0)
    throw new PhasegateError("PHASEGATE_STACK_UNKNOWN", `there is no Pulumi.<stack>.yaml in ${root}`);
  const replacement = only === undefined ? undefined : await readDeclaration(root, only);
  const stacks = (await Promise.all(names.map((name) => readStack(root, name)))).map((stack) => ({
    ...stack,
    declaration: replacement ?? stack.declaration,
  }));
  return Promise.all(
    [...Map.groupBy(stacks, ({ declaration }) => declaration)].map(async ([declaration, group]) => {
      const sources = await readSources(root, declaration);
      const resolved = group.map(({ stack, profile }) => ({
        profile,
        plan: resolvePlan(declaration, profile, stack, sources),
      }));
      return {
        ...compareStacks(declaration, resolved),
        projectDefaults: Object.fromEntries(group.map(({ stack, defaults }) => [stack, [...defaults]])),
      };
    }),
  );
}

/** Values are compared at a glance here; `--json` has them whole. */
const widestCell = 24;

/** A report as a person reads it: a row for each difference, then why each is allowed. */
export function parityText(report: ProjectParity): string {
  const { declaration, stacks, differences, unused } = report;
  const forbidden = differences.filter(({ allowedBy }) => allowedBy === undefined);
  const allowed = differences.filter(({ allowedBy }) => allowedBy !== undefined);
  const verdict =
    differences.length === 0
      ? "no difference"
      : forbidden.length === 0
        ? `${counted(differences.length, "difference")}, all allowed`
        : `${counted(differences.length, "difference")}, ${forbidden.length} not allowed`;
  const lines = [`${declaration} in ${stacks.join(", ")}: ${verdict}`];
  if (stacks.length === 1) lines.push("", "There is one stack of this declaration only: nothing to compare.");
  if (differences.length > 0) {
    const header = ["  path", ...stacks, "from"];
    lines.push("", alignColumns([header, ...[...forbidden, ...allowed].map((one) => row(report, one))]));
  }
  if (forbidden.length > 0)
    lines.push(
      "",
      "✗ is in no entry of the declaration's parity.allow: make the stacks say the same, or add the path there with the reason.",
    );
  if (allowed.length > 0) lines.push("", "allowed, and why:", alignColumns(reasonRows(allowed)));
  if (unused.length > 0)
    lines.push("", "allowed, but no stack differs there:", ...unused.map(({ path }) => `  ${path}`));
  return lines.join("\n");
}

function row(report: ProjectParity, difference: ParityDifference): string[] {
  const { path, values, allowedBy } = difference;
  return [
    `${allowedBy === undefined ? "✗" : "✓"} ${path}`,
    ...values.map(({ value }) => valueText(value, widestCell)),
    originText(report, difference),
  ];
}

/** Where the values come from; shown for each stack where that is not the same. */
function originText({ projectDefaults }: ProjectParity, { values }: ParityDifference): string {
  const texts = values.map(({ stack, origins }) =>
    origins
      .map(({ from, at }) => {
        const isDefault = from === "profile" && projectDefaults[stack]?.includes(at.split(/[.[]/)[0] ?? "");
        return isDefault ? `default of Pulumi.yaml ${at}` : `${from} ${at}`;
      })
      .join(" and "),
  );
  const [first = ""] = texts;
  if (texts.every((text) => text === first)) return first;
  return texts.map((text, i) => `${values[i]?.stack ?? ""}: ${text}`).join("; ");
}

function reasonRows(allowed: readonly ParityDifference[]): string[][] {
  return [...Map.groupBy(allowed, ({ allowedBy }) => allowedBy)].map(([entry, covered]) => [
    `  ${entry?.path ?? ""}`,
    counted(covered.length, "place"),
    entry?.reason ?? "",
  ]);
}
