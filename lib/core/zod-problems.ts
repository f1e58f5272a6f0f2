import type { z } from "zod";
import { suggestion } from "./did-you-mean.ts";
import type { Problem } from "./problem.ts";
import { placeText } from "./problem.ts";

/** What was read, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly data: T; readonly problems?: never; readonly misshapen: false }
  | {
      readonly problems: readonly Problem[];
      /** Whether some part is of another type than it must be: what follows from a part cannot be judged then. */
      readonly misshapen: boolean;
      readonly data?: never;
    };

/** Reads a value by a schema, with problems in words that need no knowledge of zod. */
export function check<S extends z.ZodType>(schema: S, value: unknown): Checked<z.output<S>> {
  const { data, error } = parsed(schema, value);
  if (error === undefined) return { data, misshapen: false };
  const issues = error.issues.flatMap(single);
  // What stands under a name that is refused has not been looked at.
  const misshapen = error.issues.some(({ code }) => code === "invalid_key") || issues.some(isMisshapen);
  return { problems: distinct(issues.map(problemOf)), misshapen };
}

/** What is wrong with a value by a schema, for one that chooses between others by what is there. */
export function issuesOf(schema: z.ZodType, value: unknown): readonly Issue[] {
  return parsed(schema, value).error?.issues ?? [];
}

function parsed<S extends z.ZodType>(schema: S, value: unknown) {
  return schema.safeParse(value, { reportInput: true, error: words });
}

/** Zod's issues as problems in zod's words, one for one, with paths as a person writes them. */
export function zodProblems(error: z.ZodError, root = ""): Problem[] {
  return error.issues.map(({ path, message }) => ({ path: placeText(path, root), message }));
}

type Issue = z.core.$ZodIssue;

function problemOf(issue: Issue): Problem {
  return { path: placeText(issue.path), message: messageOf(issue) };
}

/** The issues behind one: of a union those of the variant that was meant, of a key's those of the key. */
function single(issue: Issue): Issue[] {
  if (issue.code === "invalid_key")
    return issue.issues.slice(0, 1).map((inner) => ({ ...inner, path: issue.path }));
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      ...issue,
      keys: [key],
      path: [...issue.path, key],
      message: "is not known here",
    }));
  if (issue.code !== "invalid_union") return [issue];
  // A variant of another type was not meant; of the others, the one with the fewest issues.
  const meant = issue.errors
    .filter((issues) => !issues.some((inner) => inner.path.length === 0 && isMisshapen(inner)))
    .sort((a, b) => a.length - b.length);
  const [best, next] = meant;
  if (best === undefined || best.length === next?.length) return [issue];
  return best.flatMap((inner) => single({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isType({ code }: Issue): boolean {
  return code === "invalid_type" || code === "invalid_union";
}

/** A part that is missing, or of another type. A key too many, a number out of range and a text of the wrong form are not. */
function isMisshapen(issue: Issue): boolean {
  if (isType(issue)) return true;
  if (issue.code === "custom") return issue.params?.["surplus"] !== true && typeof issue.input !== "string";
  return issue.code === "invalid_value" && typeof issue.input !== "string";
}

/** The message, with what stands there instead where that says more than the message does. */
function messageOf(issue: Issue): string {
  const { message } = issue;
  // What stands at a discriminator is quoted, and the input is all that is around it.
  if (!("input" in issue) || "discriminator" in issue || !message.startsWith("must ")) return message;
  const { input } = issue;
  if (input === undefined) return `is missing: it ${message}`;
  // A text that is of the wrong form is quoted by the message, or better not shown: it may be a secret.
  return typeof input === "string" && !isType(issue) ? message : `${message}, and is ${kindOf(input)}`;
}

function kindOf(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string") return value === "" ? "an empty text" : "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Zod's own messages in other words; a schema's own message is not passed through here. */
function words(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeWords[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return valueText(issue.values, issue.input);
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array")
        return issue.minimum === 1
          ? "must not be empty"
          : `must have at least ${issue.minimum} ${issue.origin === "string" ? "characters" : "items"}`;
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string" || issue.origin === "array")
        return `must have at most ${issue.maximum} ${issue.origin === "string" ? "characters" : "items"}`;
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
    case "invalid_format":
      return issue.format === "starts_with" && typeof issue.prefix === "string"
        ? `must begin with "${issue.prefix}"`
        : undefined;
    case "invalid_union":
      return Array.isArray(issue.options)
        ? valueText(issue.options as unknown[], discriminatorOf(issue))
        : "has none of the forms that are possible here";
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      // Where one of these is possible, its schema has words of its own.
      return undefined;
  }
}

function valueText(values: readonly unknown[], input: unknown): string {
  const names = values.map(String);
  const all = `must be ${names.length === 1 ? "" : "one of "}${names.map((name) => `"${name}"`).join(", ")}`;
  if (typeof input !== "string") return all;
  return `there is no "${shortened(input)}"; ${suggestion(input, names)}`;
}

function discriminatorOf({ input, discriminator }: { input?: unknown; discriminator?: unknown }): unknown {
  return typeof input === "object" && input !== null && typeof discriminator === "string"
    ? (input as Record<string, unknown>)[discriminator]
    : undefined;
}

/** A text as a message may quote it. */
export function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
}
