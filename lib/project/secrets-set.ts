import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/**
 * The names of the secrets to which a stack's config file gives a value. The values stay encrypted: no passphrase is asked.
 * @param project the Pulumi project's name, which is the namespace of its config
 */
export async function secretsSet(root: string, project: string, stack: string): Promise<Set<string>> {
  const key = `${project}:secrets`;
  const schema = z.object({ config: z.object({ [key]: z.record(z.string(), z.unknown()) }) });
  const read = schema.safeParse(parse(await readFile(join(root, `Pulumi.${stack}.yaml`), "utf8")));
  // A file of another form is refused where the config as a whole is read.
  return new Set(read.success ? Object.keys(read.data.config[key] ?? {}) : []);
}
