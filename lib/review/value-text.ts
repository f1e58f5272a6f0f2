import type { Value } from "./differences.ts";

/**
 * A value of a plan on one line, as people read it: a text without quotes, all else as JSON; "absent" where there is none.
 * @param longest how many characters it may have. Default 120
 */
export function valueText(value: Value, longest = 120): string {
  if (value === undefined) return "absent";
  const text = typeof value === "string" ? onOneLine(value) : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

// Quoted where it would look like nothing, or would break the line.
function onOneLine(text: string): string {
  return text === "" || text.trim() !== text || /[\n\r\t]/.test(text) ? JSON.stringify(text) : text;
}
