/** What schemas of what people write are made of: each says in its message all that is allowed. */
import { z } from "zod";
import { suggestion } from "./did-you-mean.ts";
import { shortened } from "./zod-problems.ts";

/**
 * An object with these keys and no others. Each other key is a problem of its own, with the key that was probably meant.
 * @param error what is said of a value that is no object
 */
export function exactObject<const S extends z.core.$ZodShape>(
  shape: S,
  error = "must be an object",
): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape);
  const unknown = z.custom<never>(() => false, {
    params: { surplus: true },
    error: ({ path = [] }) => `is not known here; ${suggestion(String(path.at(-1)), known)}`,
  });
  // Zod's own strict object reports all such keys in one issue, without their paths.
  return z.object(shape, { error }).catchall(unknown);
}

/** An object with keys of the author's own. A name that every object inherits is refused: it would be looked up as there. */
export function namedRecord<V extends z.ZodType>(value: V): z.ZodRecord<z.ZodString, V> {
  return z.record(nameSchema, value, { error: "must be an object" });
}

/** A name that somebody gives to something: not empty, and none that every object has, as "constructor". */
export const nameSchema = z
  .string()
  .min(1, { error: "a name must not be empty" })
  .refine((name) => !(name in Object.prototype), { error: "the name is JavaScript's own: take another one" });

/** The message of a union that is discriminated by `kind`: what it must be where there is no kind, else the kinds there are. */
export function kindError(message: string): z.core.$ZodErrorMap {
  return ({ input }) => {
    const { kind } = (typeof input === "object" && input !== null ? input : {}) as {
      readonly kind?: unknown;
    };
    return typeof kind === "string" ? undefined : message;
  };
}

/** A whole number in a range. */
export function wholeNumber(least: number, most: number): z.ZodInt {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/**
 * A text of some form.
 * @param what the form, with an example: `an image reference such as "redis:7"`
 * @param quoted whether the message may quote the text. Default true; false where people put secrets by mistake
 */
export function textThat(
  isOfForm: (text: string) => boolean,
  what: string,
  { quoted = true }: { readonly quoted?: boolean } = {},
): z.ZodType<string> {
  return z.custom<string>((value) => typeof value === "string" && isOfForm(value), {
    error: ({ input }) =>
      quoted && typeof input === "string" && input !== ""
        ? `"${shortened(input)}" is not ${what}`
        : `must be ${what}`,
  });
}
