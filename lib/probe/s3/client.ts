import { AwsV4Signer } from "aws4fetch";
import type { Place } from "../../model/probe-parts/place.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { addressOf } from "../address.ts";
import { attemptHttp } from "../attempt-http.ts";
import type { AttemptContext } from "../probe-kind.ts";
import { readBeginning } from "../read-beginning.ts";

/** An answer of a store: its status, and the beginning of its XML. */
export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
}

/** A list of a thousand keys, each of 1024 bytes, and what stands around them. */
const longestList = 4 * 1024 * 1024;

/** Lists the objects of a bucket, in the path style, over one connection of its own, with a signed request (AWS Signature Version 4). */
export async function listObjects(
  probe: ProbeOf<"s3-bucket">,
  place: Place,
  context: AttemptContext,
): Promise<StoreAnswer> {
  const { fill } = context;
  const origin = `${place.tls === undefined ? "http" : "https"}://${addressOf(place)}`;
  const query = new URLSearchParams({
    "list-type": "2",
    "max-keys": String(Math.min(1000, probe.objects?.atLeast ?? 1)),
  });
  if (probe.prefix !== "") query.set("prefix", probe.prefix);
  const signer = new AwsV4Signer({
    url: `${origin}/${encodeURIComponent(probe.bucket)}?${query.toString().replaceAll("+", "%20")}`,
    accessKeyId: fill(probe.accessKeyId),
    secretAccessKey: fill(probe.secretAccessKey),
    service: "s3",
    region: probe.region,
  });
  const { url, headers } = await signer.sign();
  using http = attemptHttp(place, "waiting for the answer", context);
  const response = await http.client.request({
    method: "GET",
    path: `${url.pathname}${url.search}`,
    headers: { "user-agent": "phasegate-probe", ...Object.fromEntries(headers) },
    signal: context.signal,
    reset: true,
  });
  response.body.on("error", () => {});
  return { status: response.statusCode, body: await readBeginning(response.body, longestList) };
}
