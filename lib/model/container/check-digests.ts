import type { StackDeclaration } from "../declaration.ts";
import type { Profile } from "../profile.ts";
import type { BaseImages, ProjectSources } from "../sources.ts";
import { sourceOf } from "../sources.ts";
import type { DockerfileImage } from "./dockerfile.ts";
import { contextKey } from "./dockerfile.ts";

/** Takes a problem's place, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/**
 * Where the profile asks for digests: every image reference that names none, and those that Dockerfiles name. What is
 * built has none of its own.
 */
export function checkDigests(
  { services }: StackDeclaration,
  { images, requireDigests }: Profile,
  { contexts }: ProjectSources,
  report: Report,
): void {
  if (!requireDigests) return;
  for (const [name, { image }] of Object.entries(services)) {
    const chosen = Object.hasOwn(images, name) ? images[name] : undefined;
    if (chosen === undefined && typeof image === "object" && "dockerfile" in image) {
      const read = sourceOf(contexts, contextKey(image));
      for (const { line, reference } of "problem" in read ? [] : namedBy(image, read.bases))
        if (!hasDigest(reference))
          report(
            ["services", name, "image", "dockerfile"],
            `${image.dockerfile}/${image.file ?? "Dockerfile"}:${line}: ${noDigest(reference)}`,
          );
    }
    const reference = chosen ?? (typeof image === "string" ? image : undefined);
    if (reference === undefined || hasDigest(reference)) continue;
    report(
      chosen === undefined ? ["services", name, "image"] : ["config", "images", name],
      noDigest(reference),
    );
  }
}

const hasDigest = (reference: string) => /@sha256:[0-9a-f]{64}$/.test(reference);
const noDigest = (reference: string) =>
  `"${reference}" names no digest, and requireDigests asks for one: write "${reference.replace(/@.*$/, "")}@sha256:…"`;

/** The images that a build pulls, with the values of its variables. */
function namedBy(
  { args = {} }: DockerfileImage,
  { images, defaults }: BaseImages = { images: [], defaults: {} },
) {
  // An argument that the Dockerfile does not declare changes nothing.
  const valueOf = (name: string) =>
    Object.hasOwn(defaults, name) ? (args[name] ?? defaults[name] ?? "") : "";
  return images.map(({ image, line }) => ({ line, reference: filled(image, valueOf) || image }));
}

/** `$NAME`, `${NAME}`, and of the latter `:-` and `:+` with another word, as FROM takes them. */
function filled(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})/g,
    (_, plain: string | undefined, braced: string | undefined, sign: string | undefined, word = "") => {
      const value = valueOf(plain ?? braced ?? "");
      if (sign === undefined) return value;
      return (value === "") === (sign === "-") ? String(word) : sign === "-" ? value : "";
    },
  );
}
