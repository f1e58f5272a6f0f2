/** Image registries that ask for an account. */
import { z } from "zod";
import { exactObject, textThat } from "../core/schema-parts.ts";
import type { SecretRef, Text } from "./text.ts";
import { plainTextSchema, secretNameSchema, secretRefSchema, textSchema } from "./text.ts";

/** The account of a registry. */
export interface RegistryAccount {
  /** A text, or a secret. */
  readonly username: string | SecretRef;
  /** A password, or a token of the registry's. */
  readonly password: SecretRef;
}

/**
 * Accounts by the registries' names, as images have them: `{ "registry.example.com": { username: "ci", password:
 * secret("registryPassword") } }`. Docker's own registry is "docker.io".
 */
export type Registries = Readonly<Record<string, RegistryAccount>>;

/** The registry of images whose names say none. */
const dockerHub = "docker.io";

const registryName = textThat(
  (name) => /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::\d+)?$/.test(name),
  'the name of a registry as images have it, such as "registry.example.com" or "localhost:5000"',
);

/** Accepts registries as they are declared. */
export const declaredRegistries = z.record(
  registryName as never,
  exactObject({
    username: z.union([plainTextSchema, secretRefSchema], { error: 'must be a text or secret("name")' }),
    password: secretRefSchema,
  }),
  {
    error:
      'must be an object such as { "registry.example.com": { username: "ci", password: secret("registryPassword") } }',
  },
);

/** Registries in a plan. */
export const registriesPlanSchema = z.record(
  z.string(),
  z.strictObject({ username: textSchema, password: secretNameSchema }),
);
export type RegistriesPlan = z.infer<typeof registriesPlanSchema>;

export function resolveRegistries(registries: Registries | undefined): { registries?: RegistriesPlan } {
  if (registries === undefined || Object.keys(registries).length === 0) return {};
  const entries = Object.entries(registries).map(([name, { username, password }]) => {
    const text: Text = typeof username === "string" ? username : [{ secret: username.secret }];
    return [name, { username: text, password: { secret: password.secret } }] as const;
  });
  return { registries: Object.fromEntries(entries) };
}

/** The secrets that the accounts name. */
export function registrySecrets(registries: Registries = {}): SecretRef[] {
  return Object.values(registries).flatMap(({ username, password }) => [
    ...(typeof username === "string" ? [] : [username]),
    password,
  ]);
}

/** Nobody can make up what a registry takes. */
export function checkRegistries(
  registries: Registries = {},
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  for (const [name, account] of Object.entries(registries))
    for (const key of ["username", "password"] as const) {
      const value = account[key];
      if (typeof value === "object" && value.generate)
        report(
          ["registries", name, key],
          `${name} knows no generated value: leave "generate" out, and set the secret`,
        );
    }
}

/** The registry of an image. As engines have it, its name has a dot or a port, or is "localhost". */
export function registryOf(reference: string): string {
  const slash = reference.indexOf("/");
  const first = slash < 0 ? "" : reference.slice(0, slash);
  return /[.:]/.test(first) || first === "localhost" ? first : dockerHub;
}
