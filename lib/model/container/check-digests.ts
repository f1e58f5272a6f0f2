import type { StackDeclaration } from "../declaration.ts";
import type { Profile } from "../profile.ts";

/** Takes a problem's place, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** Where the profile asks for digests: every image reference that names none. What is built from source has none. */
export function checkDigests(
  { services }: StackDeclaration,
  { images, requireDigests }: Profile,
  report: Report,
): void {
  if (!requireDigests) return;
  for (const [name, { image }] of Object.entries(services)) {
    const chosen = Object.hasOwn(images, name) ? images[name] : undefined;
    const reference = chosen ?? (typeof image === "string" ? image : undefined);
    if (reference === undefined || /@sha256:[0-9a-f]{64}$/.test(reference)) continue;
    report(
      chosen === undefined ? ["services", name, "image"] : ["config", "images", name],
      `"${reference}" names no digest, and requireDigests asks for one: write "${reference.replace(/@.*$/, "")}@sha256:…"`,
    );
  }
}
