/** The columns of a line, as in this project's own files. */
const width = 110;

/**
 * Source as Prettier prints it, with its comments in as many lines as they take.
 * Prettier is loaded when something is printed: no other command of phasegate needs it.
 */
export async function formatted(source: string): Promise<string> {
  const { format } = await import("prettier");
  const printed = await format(source, { parser: "typescript", printWidth: width });
  return printed.split("\n").flatMap(wrapped).join("\n");
}

const comment = /^(?<head>\s*(?:\/\/|\*) {1,5})(?<text>\S.*)$/;

/** Prettier leaves comments as long as they are. No text of a declaration goes over several lines: what looks like a comment is one. */
function wrapped(line: string): string[] {
  const { head, text } = comment.exec(line)?.groups ?? {};
  if (head === undefined || text === undefined || line.length <= width) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ")) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (current !== "" && head.length + longer.length > width) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current].map((one) => `${head}${one}`.trimEnd());
}
