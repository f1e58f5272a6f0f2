import { z } from "zod";
import { errorText } from "../core/errors.ts";
import { exactObject } from "../core/schema-parts.ts";

/** A regular expression as a plan holds it. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** Accepts a {@link Pattern}: one that compiles, with flags that do not make a test depend on the test before. */
export const patternSchema = exactObject(
  { source: z.string().min(1).max(1000), flags: z.string() },
  "must be a regular expression such as /ready/i",
).superRefine(({ source, flags }, context) => {
  if (/[gy]/.test(flags))
    context.addIssue({ code: "custom", message: "the flags g and y have no meaning here" });
  try {
    new RegExp(source, flags);
  } catch (error) {
    context.addIssue({ code: "custom", message: errorText(error) });
  }
});

/** A regular expression, or the text of one, as a plan holds it. Anything else is left as it is, to be reported. */
export function patternOf(pattern: RegExp | string): Pattern {
  if (typeof pattern === "string") return { source: pattern, flags: "" };
  return pattern instanceof RegExp ? { source: pattern.source, flags: pattern.flags } : pattern;
}

/** A pattern as people write it: `/ready to accept/i`. */
export function patternText({ source, flags }: Pattern): string {
  return `/${source}/${flags}`;
}
