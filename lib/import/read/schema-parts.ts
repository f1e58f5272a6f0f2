/** The shapes that many places of a compose file share. Each accepts every way of writing it, and gives one. */
import { z } from "zod";
import { isTainted, originsIn } from "./taint.ts";
import { composeDurationMs } from "./compose-duration.ts";

/** What reads a value that is no text. A secret has no place there: what becomes of it would be shown. */
function untainted(read: (value: unknown) => unknown) {
  return (value: unknown, context: z.RefinementCtx): unknown => {
    if (typeof value !== "string" || !isTainted(value)) return read(value);
    context.addIssue(
      `comes from ${originsIn(value).join(", ")}, which is taken for a secret: call the variable otherwise`,
    );
    return z.NEVER;
  };
}

// Interpolation makes texts of everything: a number or a switch may be written as one.
const asNumber = untainted((value) =>
  typeof value === "string" && /^-?\d+(\.\d+)?(?:e[-+]\d+)?$/.test(value) ? Number(value) : value,
);
const switches: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  y: true,
  on: true,
  false: false,
  no: false,
  n: false,
  off: false,
};
const asSwitch = untainted((value) =>
  typeof value === "string" ? (switches[value.toLowerCase()] ?? value) : value,
);

export const count = z.preprocess(asNumber, z.int({ error: "must be a whole number" }));
export const portNumber = z.preprocess(
  asNumber,
  z
    .int({ error: "must be a port" })
    .min(1, { error: "must be a port" })
    .max(65_535, { error: "must be a port" }),
);
export const flag = z.preprocess(asSwitch, z.boolean({ error: "must be true or false" }));
export const text = z.string({ error: "must be a text" });
const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: "must be a text, a number or a switch" })
  .transform(String);
/** "1m30s" as milliseconds. */
export const duration = z
  .preprocess(
    untainted((value) => value),
    z.union([z.string(), z.number()], { error: 'must be a duration such as "1m30s"' }),
  )
  .transform((value, context) => {
    const ms = composeDurationMs(String(value));
    if (ms !== undefined) return ms;
    context.addIssue('must be a duration such as "1m30s"');
    return z.NEVER;
  });
export const texts = z.array(text, { error: "must be a list of texts" });
export const textOrTexts = z
  .union([z.string(), z.array(z.string())], { error: "must be a text or a list of texts" })
  .transform((value) => (typeof value === "string" ? [value] : value));
export const anything = z.unknown();

/** Variables, as a mapping or as a list of NAME=value. A variable without a value is null. */
export const variables = z
  .union(
    [
      z.record(z.string(), scalar.nullable()),
      z.array(scalar).transform((lines) =>
        Object.fromEntries(
          lines.map((line) => {
            const at = line.indexOf("=");
            return at < 0 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
          }),
        ),
      ),
    ],
    { error: nearestBranch("must be a mapping of names to values, or a list of NAME=value") },
  )
  .transform((value): Record<string, string | null> => value);

/**
 * The message of what may be written in several ways: where the value comes near to one of them, what that one says
 * of it, else the message that names them all.
 */
export function nearestBranch(message: string) {
  return ({ errors = [] }: UnionIssue): string => {
    const issues = errors.flat();
    const own = issues.find(({ code, path }) => code === "custom" && path.length === 0);
    if (own !== undefined) return own.message;
    const [deepest] = issues
      .filter(({ path }) => path.length > 0)
      .sort((a, b) => b.path.length - a.path.length);
    return deepest === undefined ? message : `${deepest.path.map(String).join(".")}: ${deepest.message}`;
  };
}

interface UnionIssue {
  readonly errors?: readonly (readonly {
    readonly code?: string;
    readonly path: readonly PropertyKey[];
    readonly message: string;
  }[])[];
}

/** A mapping with these members, and with members of one's own whose names begin with "x-". */
export function composeMapping<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.looseObject(shape, { error: "must be a mapping" }).superRefine(
    (value: Record<string, unknown>, context) => {
      for (const key of Object.keys(value)) {
        if (Object.hasOwn(shape, key) || key.startsWith("x-")) continue;
        context.addIssue({
          code: "custom",
          path: [key],
          message: `the compose specification has no such attribute${nearest(key, Object.keys(shape))}`,
        });
      }
    },
    // Together with what is wrong with its other members, if it is a mapping at all.
    { when: ({ value }) => typeof value === "object" && value !== null && !Array.isArray(value) },
  );
}

/** A mapping by names as compose allows them for services, volumes and their like. */
export function named<S extends z.ZodType>(member: S) {
  return z.record(
    z.string().regex(/^[a-zA-Z0-9._-]+$/, {
      error: "a name has letters, digits, dots, dashes and underscores only",
    }),
    member,
    {
      error: ({ code }) =>
        code === "invalid_key"
          ? "a name has letters, digits, dots, dashes and underscores only"
          : "must be a mapping",
    },
  );
}

function nearest(key: string, known: readonly string[]): string {
  const close = known
    .map((name) => ({ name, distance: editDistance(key.slice(0, 40), name) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return close !== undefined && close.distance <= 2 ? `: is ${close.name} meant?` : "";
}

/** How many letters to change, add or leave out to make one word of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
