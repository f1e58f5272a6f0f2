/** The escape sequences that colour a terminal or move its cursor. Built from a text: a pattern literal may not name a control character. */
const terminalSequence = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

/**
 * The beginning of a text that came from outside, fit for one line of a message: control characters,
 * escape sequences, and the invisible characters that reorder text are gone, runs of white space are one
 * blank, and at most `length` characters are left.
 */
export function excerpt(text: string, length = 200): string {
  const line = text
    .toWellFormed()
    .replace(terminalSequence, "")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  const characters = [...line];
  return characters.length > length ? `${characters.slice(0, length).join("")}...` : line;
}
