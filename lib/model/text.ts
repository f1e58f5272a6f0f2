import { z } from "zod";
import { exactObject, textThat } from "../core/schema-parts.ts";

/**
 * A place where a secret belongs. Plans carry the name only; the value comes from Pulumi's secret
 * config at the last moment. `encode` fits it into its surroundings: "uri" percent-encodes it, for a place inside
 * a URL; "quoted" puts a backslash where one is needed between double quotes, as redis.conf has them.
 */
export interface SecretRef {
  readonly secret: string;
  /** Whether a value may be made up where the stack's config sets none. Default: no. A plan says it in `secrets` alone. */
  readonly generate?: boolean | undefined;
  readonly encode?: "uri" | "quoted" | undefined;
}

/** A text, or the parts of one in which secrets are named. */
export type Text = string | readonly (string | SecretRef)[];

export const secretRefSchema = exactObject(
  {
    // It becomes a part of the config's path phasegate:secrets.NAME.
    secret: textThat(
      (name) => /^[A-Za-z_][\w-]*$/.test(name),
      'the name of a secret such as "databasePassword": letters, digits, dashes and underscores',
      { quoted: false },
    ),
    encode: z.enum(["uri", "quoted"]).optional(),
    generate: z.boolean().optional(),
  },
  'must be secret("name")',
)
  // Who may make up its value is no part of what a text says.
  .transform(({ generate: _generate, ...ref }): SecretRef => ref);

/** A secret in a plan where a whole value is one. */
export const secretNameSchema = z.strictObject({ secret: z.string() });

/** Accepts what a container's environment and its files can hold: texts without the character NUL. */
export const plainTextSchema = z
  .string()
  .refine((text) => !text.includes("\0"), { error: "holds the character NUL, which ends a text" });

/** Accepts a command as the engine runs it: the program and its arguments, each a text of its own. */
export const commandSchema = z
  .array(plainTextSchema, { error: 'must be a list of texts, such as ["node", "main.js"]' })
  .min(1);

export const textPartsSchema = z.array(
  z.union([plainTextSchema, secretRefSchema], { error: 'must be a text or secret("name")' }),
  { error: 'must be a list of texts and secrets, such as ["token=", secret("token")]' },
);

export const textSchema: z.ZodType<Text> = z.union([plainTextSchema, textPartsSchema], {
  error: "must be a text, or a list of texts and secrets",
});

/** The names of the secrets in a text. */
export function secretsIn(text: Text | undefined): string[] {
  return secretRefsIn(text).map(({ secret }) => secret);
}

/** The secrets in a text, as they are named there. */
export function secretRefsIn(text: Text | undefined): SecretRef[] {
  if (text === undefined || typeof text === "string") return [];
  return text.filter((part) => typeof part !== "string");
}

/**
 * The text with its secrets filled in.
 * @throws Error when a secret has no value: callers check that all are there before they begin.
 */
export function fillText(text: Text, secrets: Readonly<Record<string, string>>): string {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : secretValue(part, secrets))).join("");
}

function secretValue({ secret, encode }: SecretRef, secrets: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
  if (value === undefined) throw new Error(`the secret ${secret} has no value`);
  switch (encode) {
    case "uri":
      return encodeURIComponent(value);
    case "quoted":
      return value.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
    case undefined:
      return value;
  }
}
