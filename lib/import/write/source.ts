/** A piece of TypeScript, in no particular format, and the functions that it calls. */
export interface Source {
  readonly text: string;
  readonly calls: readonly string[];
}

/** A member of an object, with the comments that stand over it. */
export interface Member {
  readonly key: string;
  readonly value: Source;
  readonly comments?: readonly string[];
  /** Whether an empty line comes before it. */
  readonly apart?: boolean;
}

/** What a member is made from: undefined leaves it out. */
export type Value =
  | Source
  | string
  | number
  | boolean
  | readonly (string | number | boolean)[]
  | { readonly [key: string]: Value }
  | undefined;

/** The source of a plain value. */
export function sourceOf(value: Exclude<Value, undefined>): Source {
  if (typeof value === "string") return { text: quoted(value), calls: [] };
  if (typeof value === "number" || typeof value === "boolean") return { text: String(value), calls: [] };
  if (isList(value)) return listOf(value.map((item) => sourceOf(item)));
  return isSource(value) ? value : objectOf(membersOf(value));
}

/** The members of an object, without those that are undefined. */
export function membersOf(values: Readonly<Record<string, Value>>): Member[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: sourceOf(value) }],
  );
}

/** @param open whether each member has a line of its own, though all would fit on one */
export function objectOf(members: readonly Member[], open = false): Source {
  if (members.length === 0) return { text: "{}", calls: [] };
  const written = members.map(({ key, value, comments = [], apart = false }) =>
    [...(apart ? [""] : []), ...comments.map(lineComment), `${keySource(key)}: ${value.text}`].join("\n"),
  );
  // Prettier keeps an object open that has a line break after its brace.
  const broken = open || members.some(({ comments = [], apart }) => comments.length > 0 || apart);
  return {
    text: `{${broken ? "\n" : " "}${written.join(",\n")} }`,
    calls: members.flatMap(({ value }) => value.calls),
  };
}

export function listOf(items: readonly Source[]): Source {
  return {
    text: `[${items.map(({ text }) => text).join(", ")}]`,
    calls: items.flatMap(({ calls }) => calls),
  };
}

/** A call. A last argument that is an object without members is left out. */
export function callOf(name: string, ...args: readonly Exclude<Value, undefined>[]): Source {
  const written = args.map((arg) => sourceOf(arg));
  const given = written.at(-1)?.text === "{}" ? written.slice(0, -1) : written;
  return {
    text: `${name}(${given.map(({ text }) => text).join(", ")})`,
    calls: [name, ...given.flatMap(({ calls }) => calls)],
  };
}

function lineComment(text: string): string {
  return `// ${withoutControls(text)}`;
}

/** A text that ends neither its line nor a comment. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").replaceAll("*/", "* /");
}

function keySource(key: string): string {
  // Written plainly, this one would be no member but the object's prototype.
  if (key === "__proto__") return `["__proto__"]`;
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : quoted(key);
}

/** A text in quotes; what cannot be seen is escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029\uE000-\uF8FF]/gu, escaped);
}

function escaped(char: string): string {
  return [...Array(char.length).keys()]
    .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`)
    .join("");
}

function isList(value: Exclude<Value, undefined>): value is readonly (string | number | boolean)[] {
  return Array.isArray(value);
}

function isSource(value: Source | { readonly [key: string]: Value }): value is Source {
  return typeof value["text"] === "string" && Array.isArray(value["calls"]);
}
