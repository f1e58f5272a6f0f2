import { counted } from "../../core/counted.ts";
import type { EndpointOf } from "../../model/endpoint.ts";
import { addressOf } from "../address.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext } from "../probe-kind.ts";
import { kafkaCause } from "./cause.ts";
import type { AdvertisedBroker } from "./client.ts";
import { openKafka } from "./client.ts";

/**
 * Logs in, asks which brokers the cluster has, and logs in to each of them where it tells its clients that it is. A broker that
 * tells them a name that is good on its own machine only is the common mistake.
 */
export const kafkaBrokers: Attempt<"kafka-brokers"> = async ({ brokers: expected }, target, context) => {
  const asked = addressOf(target);
  try {
    const brokers = await advertised(target, context);
    if (brokers.length < expected.atLeast)
      return failed(
        causeOf(
          "rows",
          `the cluster of ${asked} has ${counted(brokers.length, "broker")}, expected at least ${expected.atLeast}`,
        ),
      );
    for (const broker of brokers) {
      const address = addressOf(broker);
      if (address === asked) continue;
      try {
        await advertised({ ...target, ...broker }, context);
      } catch (error) {
        const cause = kafkaCause(error, { ...target, ...broker }, context);
        const text = `${asked} tells its clients that a broker is at ${address}: ${cause.text}`;
        return failed({ ...cause, text, permanent: false });
      }
    }
    return passed;
  } catch (error) {
    return failed(kafkaCause(error, target, context));
  }
};

async function advertised(
  endpoint: EndpointOf<"kafka">,
  context: AttemptContext,
): Promise<readonly AdvertisedBroker[]> {
  using session = await openKafka(endpoint, context);
  const { brokers } = await session.metadata();
  return brokers;
}
