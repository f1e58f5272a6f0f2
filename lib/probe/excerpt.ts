import { visibleText } from "../core/outside-text.ts";

/**
 * The beginning of a text that came from outside, fit for the inside of a message: visible, on one line with each run
 * of white space as one blank, and at most `length` characters long.
 */
export function excerpt(text: string, length = 200): string {
  const line = visibleText(text).replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length > length ? `${characters.slice(0, length).join("")}...` : line;
}
