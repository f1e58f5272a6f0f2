import type { Problem } from "../core/problem.ts";
import type { Parity } from "./declaration.ts";
import { parsePattern } from "./plan-path.ts";

/** What is wrong with the differences that a declaration allows between its environments. */
export function checkAllowances({ allow }: Parity): Problem[] {
  return allow.flatMap(({ path, reason }, i) => {
    const at = `parity.allow[${i}]`;
    const problems: Problem[] = [];
    if (parsePattern(path) === undefined) {
      const message = `"${path}" is not a path such as "services.*.published.port": "*" is a whole key, and "**" stands at the end only`;
      problems.push({ path: `${at}.path`, message });
    }
    // Who reads the list next year has nothing but this sentence.
    if (reason.trim() === "")
      problems.push({ path: `${at}.reason`, message: "must say why they may differ" });
    return problems;
  });
}
