/**
 * What becomes of a text that a container, a server or the engine has written. It passes here once where it comes in
 * as bytes ({@link plainText}), and once before a person sees it ({@link visibleText}): what reaches a terminal, a row
 * of Pulumi's or Markdown moves no cursor, hides nothing and reorders nothing.
 */
import stripAnsi from "strip-ansi";

/** The text without the sequences that colour a terminal, move its cursor, or set its title: what patterns are matched against. */
export function plainText(text: string): string {
  return stripAnsi(text);
}

/** All that a reader cannot see but a terminal may obey: control and format characters, and separators that only some break lines at. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The text as it can be shown: terminal sequences are gone; of what is left, each control or invisible character stands
 * as its escape (`\r`, `\x1b`, `\u202e`), a byte order mark as `[BOM]`. Tabs and line ends stay. Showing a text that
 * has been made visible before changes nothing.
 */
export function visibleText(text: string): string {
  return plainText(text.toWellFormed()).replaceAll("\r\n", "\n").replace(unseen, escaped);
}

const names: Readonly<Record<string, string>> = {
  "\t": "\t",
  "\n": "\n",
  "\r": String.raw`\r`,
  "\ufeff": "[BOM]",
};

function escaped(character: string): string {
  const name = names[character];
  if (name !== undefined) return name;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return String.raw`\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? String.raw`\u${digits.padStart(4, "0")}` : String.raw`\u{${digits}}`;
}
