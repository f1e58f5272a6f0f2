import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import { exactObject, wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

// A declaration says `ping`: see ../probe-parts/shared-kinds.ts.
export const mongodbPing = probeKind("mongodb-ping", {}, { speaks: "mongodb", describe: () => "ping" });

export const mongodbCollection = probeKind(
  "mongodb-collection",
  {
    collection: z.string().min(1).max(255),
    /** How many documents it must have. */
    documents: exactObject({ atLeast: wholeNumber(0, 1_000_000) }).optional(),
  },
  { speaks: "mongodb", describe: ({ collection }) => `the collection ${excerpt(collection, 60)}` },
);
export interface DeclaredMongodbCollection extends DeclaredAs<typeof mongodbCollection> {}

/**
 * A collection of the service's database is there.
 * @example collection("products", { documents: { atLeast: 1 } })
 */
export function collection(
  name: string,
  options?: ProbeOptions & {
    /** How many documents it must have. Default: none need be in it. */
    readonly documents?: { readonly atLeast: number };
  },
): DeclaredMongodbCollection {
  return made({ kind: "mongodb-collection", collection: name }, options);
}
