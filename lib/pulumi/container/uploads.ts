import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type * as docker from "@pulumi/docker";
import { PhasegateError } from "../../core/errors.ts";
import type { ContainerPlan } from "../../model/plan.ts";
import { sha256 } from "../../project/read-sources.ts";

/**
 * The files of the project that are copied into a container. Another text replaces it.
 * @throws PhasegateError PHASEGATE_MOUNT_MISSING when a file is another one than when the plan was resolved
 */
export function copiedFiles({ mounts = {} }: ContainerPlan): docker.types.input.ContainerUpload[] {
  return Object.entries(mounts).flatMap(([path, mount]) =>
    "file" in mount
      ? [
          {
            file: path,
            content: textOf(mount.file, mount.sha256),
            permissions: mount.executable ? "0755" : "0644",
          },
        ]
      : [],
  );
}

function textOf(file: string, expected: string): string {
  const text = readFileSync(resolve(process.cwd(), file), "utf8");
  if (sha256(text) === expected) return text;
  throw new PhasegateError(
    "PHASEGATE_MOUNT_MISSING",
    `${file} was changed while the stack was prepared: run the command again`,
  );
}
