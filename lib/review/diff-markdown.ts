import type { Change, Section } from "./changes.ts";
import { sections } from "./changes.ts";
import type { Value } from "./differences.ts";
import type { LifecycleDiff, Grouped } from "./lifecycle-diff.ts";
import { valueText } from "./value-text.ts";
import type { Finding } from "./weakening.ts";

/** The revisions that a diff is of, as a person names them. */
export interface DiffTitle {
  readonly base: string;
  readonly head: string;
}

const titles: Readonly<Record<Section, string>> = {
  services: "Services",
  order: "Order and needs",
  probes: "Probes",
  budgets: "Budgets and intervals",
  policies: "Failure policy and supervision",
  other: "Else",
};

/** A diff as Markdown, made to be read as a comment on a pull request: what is weaker first. */
export function diffMarkdown(diff: LifecycleDiff, { base, head }: DiffTitle): string {
  const { stacks, addedStacks, removedStacks, changes, weakened, strengthened } = diff;
  const where = (some: readonly string[]) => (some.length === stacks.length ? "all" : codes(some));
  const parts = [
    `## What changes in the lifecycle\n\n${code(base)} → ${code(head)}, in ${stacks.length === 0 ? "no stack that both have" : `the stacks ${codes(stacks)}`}.`,
    ...(addedStacks.length > 0 ? [`New stacks: ${codes(addedStacks)}.`] : []),
    ...(removedStacks.length > 0
      ? [`Stacks that are gone: ${codes(removedStacks)}. What they proved is proven nowhere.`]
      : []),
  ];
  if (changes.length === 0 && weakened.length === 0) return [...parts, "Nothing."].join("\n\n");
  parts.push(
    weakened.length === 0
      ? "Nothing is proven less than before."
      : `### ⚠ Weakened\n\n${table(
          ["what", "before", "after", "why it is weaker", "stacks"],
          weakened.map((one) => [...cells(one), reasonText(one), where(one.stacks)]),
        )}`,
  );
  const other = diff.otherQuestions.flatMap(({ names, probe }) =>
    names.map((name) => code(`${name}.${probe}`)),
  );
  if (other.length > 0)
    parts.push(
      `**For a person to judge:** ${[...new Set(other)].join(", ")} ${other.length === 1 ? "asks" : "ask"} something else now. No rule can say whether that proves less.`,
    );
  for (const section of sections) {
    const own = changes.filter((change) => change.section === section);
    if (own.length === 0) continue;
    parts.push(
      `### ${titles[section]}\n\n${table(
        ["what", "before", "after", "stacks"],
        own.map((change) => [...cells(change), where(change.stacks)]),
      )}`,
    );
  }
  if (strengthened.length > 0)
    parts.push(
      `### Strengthened\n\n${table(
        ["what", "before", "after", "stacks"],
        strengthened.map((one) => [...cells(one), where(one.stacks)]),
      )}`,
    );
  return parts.join("\n\n");
}

function cells({ of, names, what, before, after }: Grouped<Change> | Grouped<Finding>): string[] {
  const subject = of === "stack" ? "" : `${of === "phase" ? "phase " : ""}${codes(names)} `;
  return [`${subject}${what === "" ? "" : code(what)}`.trimEnd(), shown(before), shown(after)];
}

function reasonText({ reason, note }: Grouped<Finding>): string {
  return note === undefined ? reason : `${reason}: ${code(note)}`;
}

function shown(value: Value): string {
  return value === undefined ? "–" : code(valueText(value));
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

/** Text as code: nothing in it is read as Markdown, as the end of a cell, or as the name of somebody to notify. */
function code(original: string): string {
  const text = original.replaceAll(/\s+/g, " ");
  const longestRun = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longestRun + 1);
  const edge = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${edge}${text.replaceAll("|", "\\|")}${edge}${fence}`;
}
