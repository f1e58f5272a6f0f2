import { UnavailableError } from "./failure-reason.ts";

/** A part that exists only after a step of the initialisation. */
export interface Initialised<Part> {
  /** @throws UnavailableError when the part is not there yet. */
  get(): Part;
  set(part: Part): void;
}

export function initialised<Part>(name: string): Initialised<Part> {
  let part: Part | undefined;
  return {
    get() {
      if (part === undefined) throw new UnavailableError(`${name} not initialised yet`);
      return part;
    },
    set(value) {
      part = value;
    },
  };
}
