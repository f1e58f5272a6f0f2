import { z } from "zod";

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

export const secretRefSchema = z
  .strictObject({
    secret: z.string(),
    encode: z.enum(["uri", "quoted"]).optional(),
    generate: z.boolean().optional(),
  })
  // Who may make up its value is no part of what a text says.
  .transform(({ generate: _generate, ...ref }): SecretRef => ref);
export const textSchema: z.ZodType<Text> = z.union([
  z.string(),
  z.array(z.union([z.string(), secretRefSchema])),
]);

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
