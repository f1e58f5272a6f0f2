/**
 * What came from a variable that holds a secret carries the variable's name through everything that is made of it: it
 * stands in its text between characters for private use, the name before the value. So a text is read with its real
 * value, as compose reads it, and whatever would show it sees that it must not.
 */
import { looksSecret, mayBeSecret } from "../../model/looks-secret.ts";

const open = "\uE000";
const middle = "\uE001";
const close = "\uE002";
const span = /\uE000([^\uE001]*)\uE001([^\uE002]*)\uE002/g;

/** A text that came from a variable: tainted, where the variable's name is that of a secret, and the text may be one. */
export function fromVariable(variable: string, text: string): string {
  return looksSecret(variable) && mayBeSecret(plain(text)) ? tainted(variable, text) : text;
}

/** A text with its origin. What is as a whole from somewhere else already stays what it is. */
export function tainted(origin: string, text: string): string {
  return text === "" || originOf(text) !== undefined
    ? text
    : `${open}${origin}${middle}${plain(text)}${close}`;
}

/** A part that was cut out of a text, tainted as the text is. */
export function taintedLike(text: string, part: string): string {
  const origin = originsIn(text)[0];
  return origin === undefined ? part : tainted(origin, part);
}

/** The text as compose has it: to read and to compare, never to show. */
export function plain(text: string): string {
  return text.replace(span, "$2");
}

/** The variable, where the whole text came from one. */
export function originOf(text: string): string | undefined {
  const [whole, origin] = new RegExp(span.source).exec(text) ?? [];
  return whole === text ? origin : undefined;
}

/** The variables that a text came from, as far as they hold secrets. */
export function originsIn(text: string): string[] {
  return [...text.matchAll(span)].map(([, origin = ""]) => origin);
}

/** The values of all secrets in the texts of a structure. */
export function secretsIn(value: unknown): string[] {
  if (typeof value === "string") return [...value.matchAll(span)].map(([, , text = ""]) => text);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((member) => secretsIn(member));
}

export function isTainted(text: string): boolean {
  return text.includes(open);
}

/** The text as a message may show it, with the variables written as in the file. */
export function shown(text: string): string {
  return text.replace(span, "$${$1}");
}

/** A text from outside, without what only {@link tainted} may write. */
export function cleaned(text: string): string {
  return text.replace(/[\uE000-\uE002]/g, "");
}
