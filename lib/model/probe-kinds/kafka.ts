import { excerpt } from "../../core/excerpt.ts";
import { exactObject, textThat, wholeNumber } from "../../core/schema-parts.ts";
import { filled, made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const kafkaBrokers = probeKind(
  "kafka-brokers",
  {
    /** How many the cluster must have. */
    brokers: exactObject({ atLeast: wholeNumber(1, 1000) }),
  },
  { speaks: "kafka", describe: () => "the brokers of a Kafka cluster" },
);
export interface DeclaredKafkaBrokers extends DeclaredAs<typeof kafkaBrokers> {}

export const kafkaTopic = probeKind(
  "kafka-topic",
  {
    topic: textThat((name) => /^[\w.-]{1,249}$/.test(name), 'the name of a topic such as "orders"', {
      quoted: false,
    }),
    /** How many it must have. */
    partitions: exactObject({ atLeast: wholeNumber(1, 100_000) }),
  },
  { speaks: "kafka", describe: ({ topic }) => `the topic ${excerpt(topic, 60)}` },
);
export interface DeclaredKafkaTopic extends DeclaredAs<typeof kafkaTopic> {}

/**
 * A Kafka cluster lets its account in, and each of its brokers is reached where the cluster tells its clients that it is
 * (`advertised.listeners`).
 * @example brokers()
 * @example brokers({ atLeast: 3 })
 */
export function brokers(
  options?: ProbeOptions & {
    /** How many brokers the cluster must have. Default 1. */
    readonly atLeast?: number;
  },
): DeclaredKafkaBrokers {
  const { atLeast, ...probe } = made({ kind: "kafka-brokers" }, options);
  return { ...probe, brokers: { atLeast: atLeast ?? 1 } };
}

/**
 * A topic of a Kafka cluster is there, and a broker leads each of its partitions. The question does not create it.
 * @example topic("orders", { partitions: { atLeast: 12 } })
 */
export function topic(
  name: string,
  options?: ProbeOptions & {
    /** How many partitions it must have. Default: one. */
    readonly partitions?: { readonly atLeast: number };
  },
): DeclaredKafkaTopic {
  const probe = made({ kind: "kafka-topic", topic: name }, options);
  return { ...probe, partitions: filled({ atLeast: 1 }, probe.partitions) };
}
