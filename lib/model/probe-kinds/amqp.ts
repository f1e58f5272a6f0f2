import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import { exactObject, wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const amqpConnection = probeKind(
  "amqp-connection",
  {},
  { speaks: "amqp", describe: () => "an AMQP connection" },
);
export interface DeclaredAmqpConnection extends DeclaredAs<typeof amqpConnection> {}

const many = wholeNumber(0, Number.MAX_SAFE_INTEGER);

export const amqpQueue = probeKind(
  "amqp-queue",
  {
    queue: z.string().min(1).max(255),
    /** How many messages may wait. */
    messages: exactObject({ atMost: many }).optional(),
    /** How many consumers must take from it. */
    consumers: exactObject({ atLeast: many }).optional(),
  },
  { speaks: "amqp", describe: ({ queue }) => `the queue ${excerpt(queue, 60)}` },
);
export interface DeclaredAmqpQueue extends DeclaredAs<typeof amqpQueue> {}

/**
 * A broker lets the service's account in, and opens its virtual host and a channel.
 * @example amqp({ level: "basic" })
 */
export function amqp(options?: ProbeOptions): DeclaredAmqpConnection {
  return made({ kind: "amqp-connection" }, options);
}

/**
 * A queue is there. It is not made.
 * @example queue("orders", { consumers: { atLeast: 1 }, messages: { atMost: 1000 } })
 */
export function queue(
  name: string,
  options?: ProbeOptions & {
    /** How many messages may wait in it. Default: any number. */
    readonly messages?: { readonly atMost: number };
    /** How many consumers must take from it. Default: none need to. */
    readonly consumers?: { readonly atLeast: number };
  },
): DeclaredAmqpQueue {
  return made({ kind: "amqp-queue", queue: name }, options);
}
