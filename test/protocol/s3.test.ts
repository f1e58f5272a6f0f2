import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, test } from "vitest";
import { bucket } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import type { Loopback } from "../support/loopback.ts";
import { answer, halfClose, hang, listen, watch } from "../support/loopback.ts";

type Options = Partial<Parameters<typeof bucket>[1]>;

const known = { accessKeyId: "shop-uploads", secretAccessKey: { secret: "store" } } as const;
const secrets = { store: "shop-uploads", other: "a key of somebody else" };

async function probed(server: Pick<Loopback, "host" | "port">, name: string, options: Options = {}) {
  const probe = bucket(name, { ...known, port: server.port, ...options });
  return reportOf(await attempt(probe, undefined, { secrets }, server.host), server);
}

test("a request is signed as the signer of Amazon's own client signs it", async () => {
  const seen: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    seen.push(request);
    response.end("<ListBucketResult/>");
  });
  await using server = await watch(http);
  expect(await probed(server, "uploads", { prefix: "a b+c/ü" })).toBe("passed");
  const [{ url = "", headers } = {}] = seen;
  const { pathname, searchParams } = new URL(url, "http://store");
  expect([pathname, Object.fromEntries(searchParams)]).toEqual([
    "/uploads",
    { "list-type": "2", "max-keys": "1", prefix: "a b+c/ü" },
  ]);
  const authorization = headers?.authorization ?? "";
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
  const signer = new SignatureV4({
    service: "s3",
    region: "us-east-1",
    credentials: { accessKeyId: known.accessKeyId, secretAccessKey: secrets.store },
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const date = String(headers?.["x-amz-date"]).replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5");
  const signed = await signer.sign(
    {
      ...{ method: "GET", protocol: "http:", hostname: server.host, port: server.port, path: pathname },
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(names.map((name) => [name, String(headers?.[name])])),
    },
    { signingDate: new Date(date) },
  );
  expect(authorization).toBe(signed.headers["authorization"]);
});

describe("a bucket probe and a server that", () => {
  async function against(behave: Parameters<typeof listen>[0], options: Options = {}): Promise<string> {
    await using server = await listen(behave);
    const outcome = await probed(server, "uploads", options);
    expect(await nothingOpen(server)).toBe(true);
    return outcome;
  }
  const http = (status: string, body: string) =>
    answer(`HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

  test("says nothing, or closes", async () => {
    expect(await against(hang, { timeout: "1s" })).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the answer",
    );
    expect(await against(halfClose)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the answer",
    );
  });

  test("speaks HTTP, and not S3", async () => {
    const other = "failed, protocol: server:1 answered with HTTP 200, but not as S3 does";
    expect(await against(http("200 OK", "<html></html>"))).toBe(other);
  });

  test("is not ready, and quotes a key", async () => {
    const error =
      "<Error><Code>ServerNotInitialized</Code><Message>not yet, a key of somebody else &amp; co</Message></Error>";
    expect(await against(http("503 Service Unavailable", error))).toBe(
      "failed, server: server:1 answered: ServerNotInitialized: not yet, a key of somebody else & co",
    );
  });

  test.each(["SignatureDoesNotMatch", "InvalidAccessKeyId"])(
    "does not take the account: %s",
    async (code) => {
      expect(
        await against(http("403 Forbidden", `<Error><Code>${code}</Code><Message>no</Message></Error>`)),
      ).toBe(`failed, authentication, permanent: server:1 answered: ${code}: no`);
    },
  );

  test("has no such bucket, or does not let it be listed", async () => {
    const error = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`;
    expect(await against(http("404 Not Found", error("NoSuchBucket")))).toBe(
      "failed, server: server:1 answered: NoSuchBucket: no",
    );
    expect(await against(http("403 Forbidden", error("AccessDenied")))).toBe(
      "failed, account: server:1 answered: AccessDenied: no",
    );
  });

  test("counts the objects", async () => {
    const list =
      "<ListBucketResult><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents></ListBucketResult>";
    expect(await against(http("200 OK", list), { objects: { atLeast: 2 } })).toBe("passed");
    expect(await against(http("200 OK", list), { objects: { atLeast: 3 } })).toBe(
      "failed, rows: the bucket uploads on server:1 has 2 objects, expected at least 3",
    );
  });
});
