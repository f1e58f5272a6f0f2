import { z } from "zod";
import { errorText } from "../core/errors.ts";

/** A regular expression as a plan holds it. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** Accepts a {@link Pattern}: one that compiles, with flags that do not make a test depend on the test before. */
export const patternSchema = z
  .strictObject({ source: z.string().min(1).max(1000), flags: z.string() })
  .superRefine(({ source, flags }, context) => {
    if (/[gy]/.test(flags))
      context.addIssue({ code: "custom", message: "the flags g and y have no meaning here" });
    try {
      new RegExp(source, flags);
    } catch (error) {
      context.addIssue({ code: "custom", message: errorText(error) });
    }
  });

/** A regular expression, or the text of one, as a plan holds it. */
export function patternOf(pattern: RegExp | string): Pattern {
  return typeof pattern === "string"
    ? { source: pattern, flags: "" }
    : { source: pattern.source, flags: pattern.flags };
}

/** A pattern as people write it: `/ready to accept/i`. */
export function patternText({ source, flags }: Pattern): string {
  return `/${source}/${flags}`;
}
