import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { mapValues } from "../../core/record.ts";
import type { PlannedDockerfile } from "../../model/container/dockerfile.ts";
import type { Deployment } from "../deployment.ts";
import type { ImageSource } from "../prepared-image.ts";
import { secretsNamed } from "../secrets.ts";

/** How the image of a Dockerfile is prepared, with the values of its secrets. */
export function dockerfileSource(
  image: PlannedDockerfile,
  secrets: Deployment["secrets"],
  platform?: string,
): ImageSource {
  const { dockerfile: folder, file, target, args, secrets: named = {} } = image;
  const names = Object.values(named).map(({ secret }) => secret);
  const values = secretsNamed(names, secrets).apply((values) =>
    mapValues(named, ({ secret }) => values[secret] ?? ""),
  );
  return {
    reference: dockerfileReference(image, platform),
    dockerfile: { folder, file, ...(target !== undefined && { target }), ...(args && { args }) },
    ...(names.length > 0 && { secrets: values }),
  };
}

/** The tag of such an image: a hash of all that decides its content but the values of secrets. */
export function dockerfileReference(image: PlannedDockerfile, platform?: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify(sorted({ ...image, ...(platform !== undefined && { platform }) })))
    .digest("hex")
    .slice(0, 16);
  const name = basename(resolve(image.dockerfile))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `phasegate/${name || "image"}:${hash}`;
}

/** In one order of keys, whatever the declaration's is. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
