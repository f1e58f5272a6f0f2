import { counted } from "../../core/counted.ts";
import { excerpt } from "../../core/excerpt.ts";
import { addressOf } from "../address.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { mongoCause } from "./cause.ts";
import { openMongo, safetyMarginMs } from "./client.ts";

/** Asks whether a collection is there, and whether it has so many documents. */
export const mongodbCollection: Attempt<"mongodb-collection"> = async (probe, target, context) => {
  const address = addressOf(target);
  const { collection, documents } = probe;
  const maxTimeMS = Math.ceil(context.timeoutMs) + safetyMarginMs;
  try {
    using session = await openMongo(target, context);
    const named = await session.run({
      listCollections: 1,
      filter: { name: collection },
      nameOnly: true,
      maxTimeMS,
    });
    const subject = `the collection ${excerpt(collection, 60)} of ${excerpt(target.database, 60)} on ${address}`;
    if (!hasFirst(named)) return failed(causeOf("server", `${subject} does not exist`));
    if (documents === undefined) return passed;
    const limit = Math.max(1, documents.atLeast);
    const { n } = await session.run({ count: collection, limit, maxTimeMS });
    if (Number(n) >= documents.atLeast) return passed;
    return failed(
      causeOf(
        "rows",
        `${subject} has ${counted(Number(n), "document")}, expected at least ${documents.atLeast}`,
      ),
    );
  } catch (error) {
    return failed(mongoCause(error, address, context));
  }
};

function hasFirst(answer: Readonly<Record<string, unknown>>): boolean {
  const { firstBatch } = (answer["cursor"] ?? {}) as { readonly firstBatch?: unknown };
  return Array.isArray(firstBatch) && firstBatch.length > 0;
}
