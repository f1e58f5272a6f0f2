import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";

const relativeImport = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}\/[^"']+)["']/g;

/**
 * A hash of entry files, of every file that they reach by relative imports, and of further files that
 * decide what the bundle holds (the lock file for packages, the Dockerfile). It changes when the built image
 * would, and reads a few dozen small files where bundling would take a second.
 */
export async function sourceFingerprint(
  root: string,
  entries: readonly string[],
  further: readonly string[],
): Promise<string> {
  const files = new Map<string, Buffer>();
  const read = async (file: string): Promise<void> => {
    if (files.has(file)) return;
    files.set(file, Buffer.alloc(0));
    const content = await readFile(file);
    files.set(file, content);
    const imports = [...content.toString("utf8").matchAll(relativeImport)].map(([, path]) =>
      resolve(dirname(file), path ?? ""),
    );
    await Promise.all(imports.map(read));
  };
  await Promise.all(entries.map(read));
  await Promise.all(further.map(async (file) => files.set(file, await readFile(file))));

  const hash = createHash("sha256");
  for (const file of [...files.keys()].sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(files.get(file) ?? "")
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
