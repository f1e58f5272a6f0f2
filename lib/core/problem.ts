import type { z } from "zod";

/** Something wrong in what a person wrote: where it is, and what is wrong with it. */
export interface Problem {
  /** The place, as in code: `phases.infrastructure.services[2]`. */
  readonly path: string;
  readonly message: string;
}

/** The problems as an indented list, a line each. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `  - ${path}: ${message}`).join("\n");
}

/** Zod's issues as problems, with paths as a person writes them. */
export function zodProblems(error: z.ZodError, root = ""): Problem[] {
  return error.issues.map((issue) => ({ path: pathText(root, issue.path), message: issue.message }));
}

function pathText(root: string, path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, part) =>
      typeof part === "number"
        ? `${before}[${part}]`
        : before === ""
          ? String(part)
          : `${before}.${String(part)}`,
    root,
  );
  return text === "" ? "(top)" : text;
}
