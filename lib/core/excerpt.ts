import { visibleText } from "./outside-text.ts";

/**
 * The beginning of a text that came from outside, fit for the inside of a message: visible, on one line with each run
 * of white space as one blank, and at most `length` characters long.
 */
export function excerpt(text: string, length = 200): string {
  return cut(visibleText(text).replace(/\s+/g, " ").trim(), length);
}

/** A text of at most so many characters; three dots after them say that there were more. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length).join("")}...` : text;
}
