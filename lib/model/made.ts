import { mapValues } from "../core/record.ts";

/** Whether a value has members that can be taken apart: an object that is no list. */
function hasMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What a function of the language makes of its arguments and its options. It never throws: options that are none, or
 * that name what an argument says already, are kept under `options`, where the declaration's schema reports them with
 * their place.
 */
export function made<const M extends object, O extends object>(own: M, options: O | undefined): M & O {
  if (options === undefined) return own as M & O;
  if (!hasMembers(options) || Object.keys(options).some((key) => Object.hasOwn(own, key)))
    return { ...own, options } as unknown as M & O;
  // What is undefined is left out: it must not take the place of a default.
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...own, ...(Object.fromEntries(given) as O) };
}

/** Defaults under what is given, where that has members; anything else as it is, to be reported. */
export function filled<D extends object, G>(defaults: D, given: G | undefined): D & G {
  if (given === undefined) return defaults as D & G;
  return (hasMembers(given) ? { ...defaults, ...given } : given) as D & G;
}

/** A record with other values, where it is one; anything else as it is, to be reported. */
export function eachOf<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Readonly<Record<string, U>> {
  return hasMembers(record) ? mapValues(record, change) : record;
}
