import { z } from "zod";
import { durationOrZero, positiveDuration } from "../core/duration.ts";
import { exactObject, kindError, textThat, wholeNumber } from "../core/schema-parts.ts";
import { environments } from "./environment.ts";
import { secretRefSchema, textSchema } from "./text.ts";

const url = z
  .union([secretRefSchema, textSchema], { error: "must be a text, a secret, or a list of texts and secrets" })
  .refine((value) => typeof value !== "string" || isHttpUrl(value), {
    error: 'must be a URL with http or https, such as "http://alertmanager:9093"',
  });

function isHttpUrl(text: string): boolean {
  const parsed = URL.parse(text);
  return parsed !== null && (parsed.protocol === "http:" || parsed.protocol === "https:");
}

const sinkShape = {
  name: textThat((name) => /^[a-z][a-z0-9-]{0,40}$/.test(name), 'a name such as "pager"').optional(),
  url,
  environments: z.array(z.enum(environments)).min(1).optional(),
};

/** Each kind of sink as it is declared. */
export const sinkSchemas = {
  alertmanager: exactObject({
    kind: z.literal("alertmanager"),
    ...sinkShape,
    token: secretRefSchema.optional(),
  }),
  webhook: exactObject({ kind: z.literal("webhook"), ...sinkShape, signingKey: secretRefSchema }),
  slack: exactObject({ kind: z.literal("slack"), ...sinkShape }),
};

const { alertmanager, webhook, slack } = sinkSchemas;
const sinkSchema = z.discriminatedUnion("kind", [alertmanager, webhook, slack], {
  error: kindError("must be made by alertmanager(), webhook() or slack()"),
});

/** Accepts who is alerted, as it is declared. */
export const declaredAlertingSchema = exactObject({
  sinks: z.array(sinkSchema, { error: "must be a list of sinks" }).min(1).max(20),
  after: durationOrZero.optional(),
  repeat: positiveDuration.optional(),
});

/** Accepts the metrics endpoint, as it is declared. */
export const declaredMetricsSchema = exactObject({
  token: secretRefSchema.optional(),
  publish: wholeNumber(0, 999).optional(),
});
