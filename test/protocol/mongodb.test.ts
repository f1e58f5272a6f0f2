import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import { collection, ping } from "../../lib/model/probes.ts";
import { against, againstNobody } from "../support/attempt.ts";
import { fakeMongodb, standalone } from "../support/fake-mongodb.ts";
import { answer, halfClose, hang, reset } from "../support/loopback.ts";

type Document = Readonly<Record<string, unknown>>;

const at = (address: { host: string; port: number }): EndpointOf<"mongodb"> => ({
  protocol: "mongodb",
  ...{ host: address.host, port: address.port },
  database: "shop",
});
const withAccount = (address: { host: string; port: number }): EndpointOf<"mongodb"> => ({
  ...at(address),
  user: "netra",
  password: [{ secret: "password" }],
});

const probe = ping();
const quick = ping({ timeout: "1s" });

/** A server that says so of itself, and answers other commands so. */
const server = (hello: Document, others: (command: Document) => Document | undefined = () => ({ ok: 1 })) =>
  fakeMongodb((command) =>
    "hello" in command || "ismaster" in command || "isMaster" in command ? hello : others(command),
  );

describe("a MongoDB probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while connecting",
    );
  });

  test("closes the connection, or resets it", async () => {
    const closed = "failed, reset: connection closed by server:1 while connecting";
    expect(await against(halfClose, probe, at)).toBe(closed);
    expect(await against(reset, probe, at)).toBe(closed);
  });

  test("speaks another protocol", async () => {
    expect(await against(answer("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), probe, at)).toMatch(
      /^failed, protocol: server:1 answered, but not as /,
    );
  });

  test("stands alone, or is in a replica set with a primary", async () => {
    expect(await against(server(standalone), probe, at)).toBe("passed");
    const primary = { ...standalone, setName: "rs0", hosts: ["a:1"], me: "a:1", primary: "a:1" };
    expect(await against(server(primary), probe, at)).toBe("passed");
    const secondary = { ...primary, isWritablePrimary: false, secondary: true };
    expect(await against(server(secondary), probe, at)).toBe("passed");
  });

  test("is in a replica set without a primary, or in one that nobody has initiated", async () => {
    const lonely = {
      ...standalone,
      isWritablePrimary: false,
      secondary: true,
      setName: "rs0",
      hosts: ["a:1"],
      me: "a:1",
    };
    expect(await against(server(lonely), probe, at)).toBe(
      "failed, server: the replica set rs0 of server:1 has no primary",
    );
    const uninitiated = { ...standalone, isWritablePrimary: false, secondary: false, isreplicaset: true };
    expect(await against(server(uninitiated), probe, at)).toBe(
      "failed, server: server:1 is meant for a replica set that nobody has initiated: rs.initiate()",
    );
  });

  test("does not take the account", async () => {
    const refuses = server({ ...standalone, saslSupportedMechs: ["SCRAM-SHA-256"] }, (command) =>
      "saslStart" in command
        ? { ok: 0, code: 18, codeName: "AuthenticationFailed", errmsg: "Authentication failed." }
        : { ok: 1 },
    );
    expect(await against(refuses, probe, withAccount)).toBe(
      "failed, authentication, permanent: server:1 answered: Authentication failed.",
    );
  });

  test("has a collection, or not, with so many documents", async () => {
    const has = (names: readonly string[], n: number) =>
      server(standalone, (command) =>
        "listCollections" in command
          ? {
              ok: 1,
              cursor: { id: 0, ns: "shop.$cmd.listCollections", firstBatch: names.map((name) => ({ name })) },
            }
          : "count" in command
            ? { ok: 1, n }
            : { ok: 1 },
      );
    const products = collection("products", { documents: { atLeast: 2 } });
    expect(await against(has(["products"], 2), products, at)).toBe("passed");
    expect(await against(has(["products"], 0), collection("products"), at)).toBe("passed");
    expect(await against(has(["products"], 1), products, at)).toBe(
      "failed, rows: the collection products of shop on server:1 has 1 document, expected at least 2",
    );
    expect(await against(has([], 0), products, at)).toBe(
      "failed, server: the collection products of shop on server:1 does not exist",
    );
  });

  test("answers with an error that quotes the password, and never answers", async () => {
    const leaks = server(standalone, () => ({ ok: 0, code: 8, errmsg: "cannot read s3cr3t/pässword" }));
    expect(await against(leaks, collection("products"), at)).toBe(
      "failed, server: server:1 answered: cannot read [secret]",
    );
    const stuck = server(standalone, () => undefined);
    expect(await against(stuck, collection("products", { timeout: "1s" }), at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the answer",
    );
  });
});
