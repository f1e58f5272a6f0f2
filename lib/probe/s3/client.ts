import type { Socket } from "node:net";
import { AwsV4Signer } from "aws4fetch";
import { Client } from "undici";
import type { ProbeOf } from "../../model/probe.ts";
import { addressOf } from "../address.ts";
import { attemptSocket } from "../attempt-socket.ts";
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
  address: { readonly host: string; readonly port: number },
  context: AttemptContext,
): Promise<StoreAnswer> {
  const { signal, fill } = context;
  const origin = `http://${addressOf(address)}`;
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
  let socket: Socket | undefined;
  const client = new Client(origin, {
    connect: (_origin, connected) => {
      const fresh = attemptSocket(() => {
        context.step("waiting for the answer");
        fresh.off("error", refused);
        connected(null, fresh);
      });
      const refused = (error: Error) => connected(error, null);
      fresh.once("error", refused);
      socket = fresh.connect(address.port, address.host);
    },
    // The attempt has one timeout for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // The library listens to the signal only once the connection stands.
  const stop = () => socket?.destroy(new Error("the attempt was stopped"));
  signal.addEventListener("abort", stop, { once: true });
  context.step("connecting");
  try {
    const response = await client.request({
      method: "GET",
      path: `${url.pathname}${url.search}`,
      headers: { "user-agent": "phasegate-probe", ...Object.fromEntries(headers) },
      signal,
      reset: true,
    });
    response.body.on("error", () => {});
    return { status: response.statusCode, body: await readBeginning(response.body, longestList) };
  } finally {
    signal.removeEventListener("abort", stop);
    socket?.destroy();
    context.tidy(client.destroy());
  }
}
