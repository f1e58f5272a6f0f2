/** A piece of TypeScript, as data: what a declaration is made of. */
export type Expression =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | {
      readonly kind: "object";
      readonly members: readonly Member[];
      /** Whether each member has a line of its own, though all would fit on one. */
      readonly open?: boolean;
    }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

/** A member of an object, with the comments that stand over it. */
export interface Member {
  readonly key: string;
  readonly value: Expression;
  readonly comments?: readonly string[];
  /** Whether an empty line comes before it. */
  readonly apart?: boolean;
}

/** What a member is made from: undefined leaves it out. */
export type Value = Expression | string | number | boolean | readonly string[] | undefined;

/** The expression of a plain value. */
export function valueOf(value: Exclude<Value, undefined>): Expression {
  if (typeof value === "string") return { kind: "text", value };
  if (typeof value === "number") return { kind: "number", value };
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (isTexts(value)) return { kind: "list", items: value.map((item) => valueOf(item)) };
  return value;
}

/** An object of these members, without those that are undefined. */
export function objectOf(values: Readonly<Record<string, Value>>): Expression & { readonly kind: "object" } {
  return {
    kind: "object",
    members: Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value: valueOf(value) }],
    ),
  };
}

export function listOf(items: readonly Expression[]): Expression {
  return { kind: "list", items };
}

/** A call. A last argument that is an object without members is left out. */
export function callOf(name: string, ...args: readonly Exclude<Value, undefined>[]): Expression {
  const all = args.map(valueOf);
  const last = all.at(-1);
  const idle = last?.kind === "object" && last.members.length === 0;
  return { kind: "call", name, args: idle ? all.slice(0, -1) : all };
}

/** The names of all functions that an expression calls. */
export function calledIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "text":
    case "number":
    case "boolean":
      return [];
    case "list":
      return expression.items.flatMap(calledIn);
    case "object":
      return expression.members.flatMap(({ value }) => calledIn(value));
    case "call":
      return [expression.name, ...expression.args.flatMap(calledIn)];
  }
}

function isTexts(value: Expression | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}
