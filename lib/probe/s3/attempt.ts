import { counted } from "../../core/counted.ts";
import { excerpt } from "../../core/excerpt.ts";
import { placeOf } from "../../model/probe-parts/place.ts";
import { addressOf } from "../address.ts";
import { networkCause } from "../network-cause.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { storeCause } from "./cause.ts";
import { listObjects } from "./client.ts";

/** Asks whether a bucket is there, whether its objects may be listed, and whether it has so many of them. */
export const s3Bucket: Attempt<"s3-bucket"> = async (probe, target, context) => {
  const place = placeOf(probe, "protocol" in target ? target : { ...target, port: 0 });
  const address = addressOf(place);
  try {
    const answer = await listObjects(probe, place, context);
    if (answer.status !== 200 || !/<ListBucketResult\b/.test(answer.body))
      return failed(storeCause(answer, address, context));
    const count = answer.body.match(/<Key>/g)?.length ?? 0;
    const { atLeast } = probe.objects ?? { atLeast: 0 };
    if (count >= atLeast) return passed;
    const among = probe.prefix === "" ? "" : ` under ${excerpt(probe.prefix, 60)}`;
    return failed(
      causeOf(
        "rows",
        `the bucket ${probe.bucket} on ${address} has ${counted(count, "object")}${among}, expected at least ${atLeast}`,
      ),
    );
  } catch (error) {
    const cause = networkCause(error, address, context.currentStep());
    if (cause === undefined) throw error;
    return failed(cause);
  }
};
