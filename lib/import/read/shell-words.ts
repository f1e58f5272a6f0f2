import { plain, taintedLike } from "./taint.ts";

/** A command line in its words, or why it is none. */
export type ShellWords =
  | { readonly words: readonly string[]; readonly problem?: never }
  | { readonly words?: never; readonly problem: string };

/**
 * Splits a command as compose does: at spaces, with single quotes, double quotes and backslashes as a shell
 * has them. Nothing is filled in, and nothing is run: `$`, `|`, `;` and their like are letters as others are.
 * @example shellWords(`sh -c "echo 'a b'"`) // { words: ["sh", "-c", "echo 'a b'"] }
 */
export function shellWords(text: string): ShellWords {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    const next = text[at + 1];
    if (quote === "'") {
      if (char === "'") quote = undefined;
      else word = (word ?? "") + char;
    } else if (char === "\\") {
      if (next === undefined) return { problem: "the backslash at its end escapes nothing" };
      at += 1;
      // Within double quotes a backslash is a letter, unless what follows would mean something.
      const kept = quote === '"' && !/["\\$`\n]/.test(next) ? `\\${next}` : next;
      word = (word ?? "") + (next === "\n" ? "" : kept);
    } else if (quote === '"') {
      if (char === '"') quote = undefined;
      else word = (word ?? "") + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  if (quote !== undefined) return { problem: `it has no closing ${quote}` };
  if (word !== undefined) words.push(word);
  return { words };
}

/** The words of a command that may have secrets in it: each word keeps the origin of what is in it. */
export function commandWords(text: string): ShellWords {
  const spans = text.match(/\uE000[^\uE002]*\uE002/g) ?? [];
  if (spans.length === 0) return shellWords(text);
  // A value with spaces or quotes comes to several words: then none of them is shown.
  if (spans.some((span) => /[\s"'\\]/.test(plain(span)))) {
    const split = shellWords(plain(text));
    return split.words === undefined ? split : { words: split.words.map((word) => taintedLike(text, word)) };
  }
  let next = 0;
  const split = shellWords(text.replace(/\uE000[^\uE002]*\uE002/g, () => `\uE000${next++}\uE002`));
  return split.words === undefined
    ? split
    : {
        words: split.words.map((word) =>
          word.replace(/\uE000(\d+)\uE002/g, (_, i) => spans[Number(i)] ?? ""),
        ),
      };
}
