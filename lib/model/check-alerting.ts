import type { StackDeclaration } from "./declaration.ts";

/** Takes a problem's place in the declaration, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** What is wrong between the sinks of a declaration. */
export function checkAlerting({ alerting, environments }: StackDeclaration, report: Report): void {
  const named = new Map<string, number>();
  for (const [i, { name, kind, environments: own = [] }] of (alerting?.sinks ?? []).entries()) {
    const first = named.get(name ?? kind);
    if (first !== undefined)
      report(
        ["alerting", "sinks", i, "name"],
        `the sink ${first} is called "${name ?? kind}" as well: give each its own name`,
      );
    named.set(name ?? kind, first ?? i);
    for (const environment of own)
      if (!environments.includes(environment))
        report(
          ["alerting", "sinks", i, "environments"],
          `the declaration is not for ${environment}: it has ${environments.join(", ")}`,
        );
  }
}
