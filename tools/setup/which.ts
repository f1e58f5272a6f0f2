import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Where a program is on the PATH, or undefined. /usr/sbin and /sbin count too: a user's PATH often lacks them, and
 * servers live there.
 * @param accepts leaves folders out; default: none
 */
export function which(name: string, accepts: (dir: string) => boolean = () => true): string | undefined {
  const dirs = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return dirs
    .filter((dir) => dir !== "" && accepts(dir))
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
