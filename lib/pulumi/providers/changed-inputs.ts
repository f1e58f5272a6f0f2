import { isDeepStrictEqual } from "node:util";

/** Inputs that may change without meaning anything for the resource. */
const passedOver = new Set(["__provider", "row"]);

/** The inputs that differ between what is in the state and what the program says now. */
export function changedInputs(
  olds: Readonly<Record<string, unknown>>,
  news: Readonly<Record<string, unknown>>,
  inputs: readonly string[],
): string[] {
  return inputs.filter((name) => !passedOver.has(name) && !isDeepStrictEqual(olds[name], news[name]));
}
