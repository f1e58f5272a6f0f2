import type { Expression, Member } from "./expression.ts";

/** The columns of a line, as in this project's own files. */
const width = 110;

/** Writes an expression as Prettier would at this project's width: on one line where it fits, else broken from the outside. */
export function printExpression(expression: Expression, indent = 0, column = 0, after = 0): string {
  const flat = onOneLine(expression);
  if (flat !== undefined && column + flat.length + after <= width) return flat;
  switch (expression.kind) {
    case "text":
    case "number":
    case "boolean":
      return flat ?? "";
    case "list":
      return broken(
        "[",
        expression.items.map((item) => printed(item, indent)),
        "]",
        indent,
      );
    case "object":
      return broken(
        "{",
        expression.members.map((member) => printMember(member, indent + 2)),
        "}",
        indent,
      );
    case "call":
      return printCall(expression, indent, column);
  }
}

function printCall(
  { name, args }: Expression & { readonly kind: "call" },
  indent: number,
  column: number,
): string {
  const last = args.at(-1);
  if (last?.kind === "object" || last?.kind === "list") {
    const before = args.slice(0, -1).map(onOneLine);
    const head = `${name}(${before.map((arg) => `${arg ?? ""}, `).join("")}`;
    // The last argument opens on the line of the call.
    if (before.every((arg) => arg !== undefined) && column + head.length + 1 <= width) {
      // A width that nothing fits into: it is known to be broken.
      return `${head}${printExpression(last, indent, width)})`;
    }
  }
  return broken(
    `${name}(`,
    args.map((arg) => printed(arg, indent)),
    ")",
    indent,
  );
}

function printed(item: Expression, indent: number): string {
  return `${" ".repeat(indent + 2)}${printExpression(item, indent + 2, indent + 2, 1)}`;
}

function broken(open: string, parts: readonly string[], close: string, indent: number): string {
  return [open, ...parts.map((part) => `${part},`), `${" ".repeat(indent)}${close}`].join("\n");
}

function printMember({ key, value, comments = [], apart = false }: Member, indent: number): string {
  const space = " ".repeat(indent);
  const head = `${space}${printKey(key)}: `;
  const flat = onOneLine(value);
  const tooLong = value.kind === "text" && flat !== undefined && head.length + flat.length + 1 > width;
  // A long text goes to a line of its own, unless its key is so short that little is won.
  const shown =
    tooLong && printKey(key).length > 4
      ? `${head.trimEnd()}\n${space}  ${flat}`
      : `${head}${printExpression(value, indent, head.length, 1)}`;
  return [...(apart ? [""] : []), ...comments.flatMap((comment) => printComment(comment, space)), shown].join(
    "\n",
  );
}

/** A comment, in as many lines as it takes. What would end it, or the line, is taken out. */
export function printComment(text: string, space: string, mark = "// "): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of withoutControls(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && space.length + mark.length + longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one) => `${space}${mark}${one}`.trimEnd());
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").replaceAll("*/", "* /");
}

function onOneLine(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "text":
      return printText(expression.value);
    case "number":
    case "boolean":
      return String(expression.value);
    case "list": {
      const items = expression.items.map(onOneLine);
      return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
    }
    case "object": {
      if (expression.members.length === 0) return "{}";
      if (expression.open) return undefined;
      const members = expression.members.map(({ key, value, comments = [], apart }) => {
        const flat = onOneLine(value);
        return flat === undefined || comments.length > 0 || apart ? undefined : `${printKey(key)}: ${flat}`;
      });
      return members.includes(undefined) ? undefined : `{ ${members.join(", ")} }`;
    }
    case "call": {
      const args = expression.args.map(onOneLine);
      return args.includes(undefined) ? undefined : `${expression.name}(${args.join(", ")})`;
    }
  }
}

function printKey(key: string): string {
  // Written plainly, this one would be no member but the object's prototype.
  if (key === "__proto__") return `["__proto__"]`;
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : printText(key);
}

/** A text in the quotes that need fewer escapes; what cannot be seen is escaped. */
export function printText(text: string): string {
  const double = JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029\uE000-\uF8FF]/gu, escaped);
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  if (doubles <= singles) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function escaped(char: string): string {
  return [...Array(char.length).keys()]
    .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`)
    .join("");
}
