import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Where a program is on the PATH, or undefined.
 * @param {string} name
 * @param {(dir: string) => boolean} [accepts] leaves folders out; default: none. /usr/sbin and /sbin are looked at
 *   too, since a user's PATH often lacks them and servers live there
 */
export function which(name, accepts = () => true) {
  const dirs = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  for (const dir of dirs) {
    if (dir === "" || !accepts(dir)) continue;
    try {
      const path = join(dir, name);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: the next.
    }
  }
  return undefined;
}
