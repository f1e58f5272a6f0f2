// Notes of what was done for which inputs, so that it is not done again.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { localDir } from "./paths.mjs";

/** @param {string} name */
export function readStamp(name) {
  try {
    return readFileSync(join(localDir, "stamps", name), "utf8");
  } catch {
    return "";
  }
}

/** @param {string} name @param {string} value */
export function writeStamp(name, value) {
  const path = join(localDir, "stamps", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, value);
}

/** A short name for some content. @param {readonly (string | Buffer)[]} parts */
export function hashOf(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 16);
}

/** A short name for a folder's files, their names included. @param {string} dir */
export function hashOfFolder(dir) {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(dir, name)).isFile());
  return hashOf(files.flatMap((name) => [name, readFileSync(join(dir, name))]));
}
