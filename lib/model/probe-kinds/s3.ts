import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import { exactObject, textThat, wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { portSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import { placed, placeOf, placeSchemas } from "../probe-parts/place.ts";
import type { SecretRef, Text } from "../text.ts";
import { textSchema } from "../text.ts";
import type { Tls } from "../tls.ts";
import { tlsTexts } from "../tls.ts";

export const s3Bucket = probeKind(
  "s3-bucket",
  {
    port: portSchema,
    /** Default: at the service's own port its `tls`; elsewhere plain text. */
    https: placeSchemas.https,
    bucket: textThat(
      (name) => /^[a-zA-Z0-9][\w.-]{1,254}$/.test(name),
      'the name of a bucket such as "uploads"',
      {
        quoted: false,
      },
    ),
    region: z.string().min(1).max(100),
    accessKeyId: textSchema,
    secretAccessKey: textSchema,
    /** What the names of the objects that are counted begin with; empty for all. */
    prefix: z.string().max(1024),
    /** How many objects it must have. */
    objects: exactObject({ atLeast: wholeNumber(0, 1000) }).optional(),
  },
  {
    asksStore: true,
    at: placeOf,
    texts: ({ accessKeyId, secretAccessKey, https }) => [accessKeyId, secretAccessKey, ...tlsTexts(https)],
    describe: ({ bucket }) => `the bucket ${excerpt(bucket, 60)}`,
  },
);
export interface DeclaredS3Bucket extends DeclaredAs<typeof s3Bucket> {}

/**
 * A bucket of a store that speaks S3's protocol, such as MinIO, is there, and its objects may be listed.
 * @example bucket("uploads", { accessKeyId: "shop", secretAccessKey: secret("storeKey") })
 */
export function bucket(
  name: string,
  options: ProbeOptions & {
    readonly accessKeyId: string | SecretRef;
    readonly secretAccessKey: SecretRef;
    /** The port that it listens on inside the network. Default 9000, MinIO's. */
    readonly port?: number;
    /** Asks in TLS: `true`, or how. Default: at the port of an HTTP service as its `tls` says, and in plain text elsewhere. */
    readonly https?: true | Tls;
    /** Default "us-east-1", which stores of one's own take. */
    readonly region?: string;
    /** Counts only objects whose names begin so. Default: all. */
    readonly prefix?: string;
    /** How many objects it must have, up to 1000. Default: none need be in it. */
    readonly objects?: { readonly atLeast: number };
  },
): DeclaredS3Bucket {
  const { accessKeyId, secretAccessKey, ...probe } = made({ kind: "s3-bucket", bucket: name }, options);
  return {
    ...{ port: 9000, region: "us-east-1", prefix: "" },
    ...placed(probe),
    accessKeyId: partsOf(accessKeyId),
    secretAccessKey: partsOf(secretAccessKey),
  };
}

function partsOf(value: string | SecretRef): Text {
  return typeof value === "object" && value !== null ? [value] : value;
}
