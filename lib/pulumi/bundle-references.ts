import type { BundleParts } from "../engine/bundle.ts";
import { bundleReference } from "../engine/bundle-image.ts";

const references = new Map<string, Promise<string>>();

/**
 * As {@link bundleReference}, in the program's folder and once a program: what is checked before anything is touched
 * is what the resources are then made of.
 */
export function referenceOf(entry: string, parts: BundleParts = {}): Promise<string> {
  const key = JSON.stringify([process.cwd(), entry, parts]);
  const known = references.get(key) ?? bundleReference(process.cwd(), entry, parts);
  references.set(key, known);
  return known;
}
