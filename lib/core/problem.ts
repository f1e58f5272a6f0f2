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

/**
 * A place as a person writes it in code.
 * @param root stands before the path
 * @example placeText(["services", "api", "files", "/etc/x", 0]) // 'services.api.files["/etc/x"][0]'
 */
export function placeText(path: readonly PropertyKey[], root = ""): string {
  const text = path.reduce<string>((before, part) => {
    if (typeof part === "number") return `${before}[${part}]`;
    const key = String(part);
    if (!/^[\w$-]+$/.test(key)) return `${before}[${JSON.stringify(key)}]`;
    return before === "" ? key : `${before}.${key}`;
  }, root);
  return text === "" ? "(top)" : text;
}
