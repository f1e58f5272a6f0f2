import { errorText } from "../../lib/core/errors.ts";

/** The words of what a function throws; undefined when it throws nothing. */
export function thrownBy(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}
