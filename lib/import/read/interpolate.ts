import type { Json } from "../../core/json.ts";
import { mapValues } from "../../core/record.ts";
import type { Path } from "./compose-yaml.ts";
import { fromVariable } from "./taint.ts";

/** A variable's value, with its origin where it is a secret; undefined where it is not set. */
export type Lookup = (variable: string) => string | undefined;

/** What is found out on the way. */
export interface InterpolationReport {
  /** The text cannot be filled in, and why. */
  problem(message: string): void;
  /** A variable without a value and without a default: an empty text takes its place. */
  unset(variable: string): void;
}

/** How deep defaults may lie within each other: `${A:-${B:-c}}` is two. */
const maxDepth = 20;
const name = /^[A-Za-z_][A-Za-z0-9_]*/;
const operator = /^(?::?[-?+])/;

/**
 * Fills in the variables of a text: `$A`, `${A}`, and with `:-` `-` (a default), `:?` `?` (must be set), `:+` `+`
 * (something else where it is set). `$$` is a dollar. With a colon, an empty value counts as none.
 * The compose specification, "Interpolation".
 */
export function interpolate(text: string, lookup: Lookup, report: InterpolationReport, depth = 0): string {
  if (!text.includes("$")) return text;
  if (depth > maxDepth) {
    report.problem(`its defaults lie more than ${maxDepth} deep within each other`);
    return "";
  }
  let result = "";
  for (let at = 0; at < text.length;) {
    const dollar = text.indexOf("$", at);
    if (dollar < 0) return result + text.slice(at);
    result += text.slice(at, dollar);
    const rest = text.slice(dollar + 1);
    const [plain] = name.exec(rest) ?? [];
    if (rest.startsWith("$")) {
      result += "$";
      at = dollar + 2;
    } else if (plain !== undefined) {
      result += valueOf(plain, lookup, report);
      at = dollar + 1 + plain.length;
    } else if (rest.startsWith("{")) {
      const end = closingBrace(text, dollar + 2);
      if (end < 0) {
        report.problem("${ has no closing brace");
        return result;
      }
      result += substitute(text.slice(dollar + 2, end), lookup, report, depth);
      at = end + 1;
    } else {
      report.problem('a dollar that begins no variable is written "$$"');
      return result;
    }
  }
  return result;
}

function valueOf(variable: string, lookup: Lookup, report: InterpolationReport): string {
  const value = lookup(variable);
  if (value === undefined) report.unset(variable);
  return value ?? "";
}

/** What is between the braces. */
function substitute(inner: string, lookup: Lookup, report: InterpolationReport, depth: number): string {
  const [variable] = name.exec(inner) ?? [];
  const rest = inner.slice(variable?.length ?? 0);
  if (variable === undefined || (rest !== "" && !operator.test(rest))) {
    report.problem("${...} holds a variable's name, and after it nothing, :-, -, :?, ?, :+ or +");
    return "";
  }
  const [how] = operator.exec(rest) ?? [];
  if (how === undefined) return valueOf(variable, lookup, report);
  const word = rest.slice(how.length);
  const value = lookup(variable);
  const given = value !== undefined && !(how.startsWith(":") && value === "");
  const filled = () => interpolate(word, lookup, report, depth + 1);
  switch (how.slice(-1)) {
    case "+":
      return given ? filled() : "";
    case "?":
      // The message is shown as it is written: filled in, it might tell a secret.
      if (!given) report.problem(`the variable ${variable} must be set${word === "" ? "" : `: ${word}`}`);
      return value ?? "";
    default:
      // The default of a secret is one.
      return given ? value : fromVariable(variable, filled());
  }
}

/**
 * Where the braces opened before `from` close, minding all that are within. Where they do not come out even, the last
 * one closes.
 */
function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "{") open += 1;
    else if (text[at] === "}" && --open === 0) return at;
  }
  return text.indexOf("}", from) < 0 ? -1 : text.lastIndexOf("}");
}

/** Fills in every text of a file; keys are left as they are. */
export function interpolateAll(
  value: Json,
  lookup: Lookup,
  reportAt: (path: Path) => InterpolationReport,
  path: Path = [],
): Json {
  if (typeof value === "string") return interpolate(value, lookup, reportAt(path));
  if (isList(value)) return value.map((item, i) => interpolateAll(item, lookup, reportAt, [...path, i]));
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value, (member, key) => interpolateAll(member, lookup, reportAt, [...path, key]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
