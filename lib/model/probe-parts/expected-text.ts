/** What a text in an answer must be. */
import { z } from "zod";
import { exactObject } from "../../core/schema-parts.ts";
import { patternOf, patternSchema } from "../pattern.ts";
import type { Pattern } from "../pattern.ts";

const containsSchema = exactObject({ contains: z.string().min(1).max(10_000) });
const matchesSchema = exactObject({ matches: patternSchema });
const isSchema = exactObject({ is: z.string().max(10_000) });

/** Accepts what a body must be: a text that it contains, or a pattern. */
export const bodyTextSchema = z.union([containsSchema, matchesSchema], {
  error: "must be a text that the body contains, or a regular expression such as /ready/i",
});
/** Accepts what a header must be: a text exactly, or a pattern. */
export const headerTextSchema = z.union([isSchema, matchesSchema], {
  error: "must be the header's text, or a regular expression such as /^text\\/html/",
});

export type BodyText = { readonly contains: string } | { readonly matches: Pattern };
export type HeaderText = { readonly is: string } | { readonly matches: Pattern };

/** What a body must be, as a plan has it. Anything else is left as it is, to be reported. */
export function bodyTextOf(given: string | RegExp): BodyText {
  if (typeof given === "string") return { contains: given };
  return given instanceof RegExp ? { matches: patternOf(given) } : given;
}

/** What a header must be, as a plan has it. */
export function headerTextOf(given: string | RegExp): HeaderText {
  if (typeof given === "string") return { is: given };
  return given instanceof RegExp ? { matches: patternOf(given) } : given;
}
