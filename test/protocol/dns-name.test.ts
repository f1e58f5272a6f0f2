import { describe, expect, test } from "vitest";
import { dnsName } from "../../lib/model/probes.ts";
import { attempt } from "../support/attempt.ts";
import type { DnsAnswer, RecordType } from "../support/dns-server.ts";
import { serveDns } from "../support/dns-server.ts";
import { closedPort } from "../support/loopback.ts";

const none: DnsAnswer = { addresses: [] };

async function reported(
  answerTo: (name: string, type: RecordType) => DnsAnswer,
  options: { name?: string; atLeast?: number; timeout?: `${number}ms` | `${number}s` } = {},
): Promise<string> {
  await using server = await serveDns(answerTo);
  const { name = "shop.internal", atLeast = 1, timeout = "5s" } = options;
  const probe = dnsName(name, { addresses: { atLeast }, server: server.address, timeout });
  const outcome = await attempt(probe);
  if (outcome.status === "passed") return "passed";
  const { code, permanent, text } = outcome.cause;
  return `${outcome.status}, ${code}${permanent ? ", permanent" : ""}: ${text.replaceAll(server.address, "server:1")}`;
}

describe("a name server that", () => {
  test("knows the name, with addresses of either kind", async () => {
    const v4 = (_name: string, type: RecordType) => (type === "A" ? { addresses: ["10.0.0.1"] } : none);
    const v6 = (_name: string, type: RecordType) =>
      type === "AAAA" ? { addresses: ["fd00:0:0:0:0:0:0:1"] } : none;
    expect(await reported(v4)).toBe("passed");
    expect(await reported(v6)).toBe("passed");
  });

  test("is asked for both kinds, which count together", async () => {
    const both = (_name: string, type: RecordType) => ({
      addresses: type === "A" ? ["10.0.0.1", "10.0.0.2"] : ["fd00:0:0:0:0:0:0:1"],
    });
    expect(await reported(both, { atLeast: 3 })).toBe("passed");
    expect(await reported(both, { atLeast: 4 })).toBe(
      "failed, dns: the name shop.internal has 3 of 4 addresses: 10.0.0.1, 10.0.0.2, fd00::1",
    );
  });

  test("does not know the name", async () => {
    expect(await reported(() => ({ code: 3 }))).toBe("failed, dns: the name shop.internal has no address");
  });

  test("knows the name, and no address of it", async () => {
    expect(await reported(() => none)).toBe("failed, dns: the name shop.internal has no address");
  });

  test("fails itself", async () => {
    expect(await reported(() => ({ code: 2 }), { timeout: "10s" })).toBe(
      "failed, dns: the name shop.internal cannot be looked up now: the name server has failed",
    );
  });

  test("says nothing: it is asked again, and left", async () => {
    await using server = await serveDns(() => "silence");
    const probe = dnsName("shop.internal", { server: server.address, timeout: "4s" });
    expect(await attempt(probe)).toMatchObject({
      status: "failed",
      cause: {
        code: "timeout",
        text: `no answer from ${server.address} within 4s while looking up shop.internal`,
      },
    });
    // How often, within the time, is the resolver's own affair.
    const requested = server.questions.filter((question) => question === "shop.internal A");
    expect(requested.length).toBeGreaterThan(1);
  });

  test("talks nonsense", async () => {
    expect(await reported(() => ({ bytes: Buffer.from("hello") }))).toBe(
      "failed, protocol: the name server answered the question for shop.internal, but not in DNS",
    );
  });
});

test("a name server that is not there", async () => {
  const server = `127.0.0.1:${await closedPort()}`;
  expect(await attempt(dnsName("shop.internal", { server, timeout: "10s" }))).toMatchObject({
    status: "failed",
    cause: { code: "dns" },
  });
});

test("a name that cannot be one, which waiting does not mend", async () => {
  expect(await reported(() => none, { name: "shop..internal" })).toBe(
    "failed, dns, permanent: shop..internal is no name that could have an address",
  );
});
