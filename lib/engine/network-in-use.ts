import { errorText } from "../core/errors.ts";

/** Whether the engine refuses to remove a network because it counts containers on it: Docker 20.10 sometimes counts some that do not exist. */
export function countsContainers(error: unknown): boolean {
  return /has active endpoints/.test(errorText(error));
}
