import { createServer as createHttps } from "node:https";
import type { Server, Socket } from "node:net";
import { createServer } from "node:tls";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { amqp, bucket, collection, memcached, ping } from "../../lib/model/probes.ts";
import type { Tls } from "../../lib/model/tls.ts";
import { tlsOf } from "../../lib/model/tls.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import type { Certified } from "../support/certificates.ts";
import { authority } from "../support/certificates.ts";
import { fakeMongodb, standalone } from "../support/fake-mongodb.ts";
import type { Loopback } from "../support/loopback.ts";
import { listen, watch } from "../support/loopback.ts";

const ours = authority("Ours");
const client = ours.issue(["prober"]);
const local = ours.issue(["127.0.0.1"]);
const secrets = { store: "a key of the store", clientKey: client.key };
const timeout = "2s";

interface Family {
  readonly name: string;
  readonly serve: (certified: Certified, more?: object) => Server;
  readonly ask: (tls: true | Tls, at: Loopback) => readonly [DeclaredProbe, Endpoint | undefined];
}

const overTls = (behave: (socket: Socket) => void): Family["serve"] => {
  return ({ certificate, key }, more) =>
    createServer({ cert: certificate, key, ...more }, (socket) => {
      socket.on("error", () => {});
      behave(socket);
    });
};
const mongodb = (probe: DeclaredProbe): Family["ask"] => {
  return (tls, { host, port }) => [
    probe,
    { protocol: "mongodb", host, port, database: "shop", tls: tlsOf(tls) },
  ];
};
const mongodbServer = fakeMongodb((command) =>
  "listCollections" in command ? { ok: 1, cursor: { firstBatch: [{ name: "orders" }] } } : standalone,
);

const families: readonly Family[] = [
  { name: "MongoDB", serve: overTls(mongodbServer), ask: mongodb(ping({ timeout })) },
  { name: "a collection", serve: overTls(mongodbServer), ask: mongodb(collection("orders", { timeout })) },
  {
    name: "S3",
    serve: ({ certificate, key }, more) =>
      createHttps({ cert: certificate, key, ...more }, (_request, response) =>
        response.end("<ListBucketResult></ListBucketResult>"),
      ),
    ask: (https, { port }) => [
      bucket("uploads", {
        ...{ accessKeyId: "shop", secretAccessKey: { secret: "store" } },
        ...{ port, https, timeout },
      }),
      undefined,
    ],
  },
  {
    name: "memcached",
    serve: overTls((socket) => void socket.once("data", () => socket.write("VERSION 1.6.18\r\n"))),
    ask: (tls, { port }) => [memcached({ port, tls, timeout }), undefined],
  },
];

describe.each(families)("$name in TLS", ({ serve, ask }) => {
  const reported = async (server: Loopback, tls: true | Tls): Promise<string> => {
    const outcome = await attempt(...ask(tls, server), { secrets }, server.host);
    expect(await nothingOpen(server), "a connection is left open").toBe(true);
    return reportOf(outcome, server);
  };

  test("passes behind a certificate of the accepted authority", async () => {
    await using server = await watch(serve(local));
    expect(await reported(server, { ca: ours.certificate })).toBe("passed");
  });

  test("shows the client's certificate", async () => {
    const wants = { requestCert: true, rejectUnauthorized: true, ca: ours.certificate };
    await using server = await watch(serve(local, wants));
    const shown = { ca: ours.certificate, certificate: client.certificate, key: { secret: "clientKey" } };
    expect(await reported(server, shown)).toBe("passed");
  });

  test("says which certificate is not accepted, and why", async () => {
    await using server = await watch(serve(local));
    expect(await reported(server, true)).toBe(
      "failed, certificateAuthority, permanent: server:1 shows a certificate for 127.0.0.1 of an authority that is not among the accepted: Ours",
    );
    expect(await reported(server, { ca: ours.certificate, serverName: "store.internal" })).toBe(
      "failed, certificateName, permanent: server:1 shows a certificate for 127.0.0.1, and not for store.internal",
    );
    const dates = { notBefore: new Date("2026-01-01"), notAfter: new Date("2026-02-03") };
    await using old = await watch(serve(ours.issue(["127.0.0.1"], dates)));
    expect(await reported(old, { ca: ours.certificate })).toBe(
      "failed, certificateExpired, permanent: server:1 shows a certificate for 127.0.0.1 that expired on 2026-02-03",
    );
    expect(await reported(old, { insecure: true })).toBe("passed");
  });

  test("is a server that speaks plain text, or never answers", async () => {
    await using plain = await listen(
      (socket) => void socket.once("data", () => socket.end("hello there\r\n")),
    );
    expect(await reported(plain, true)).toBe(
      "failed, protocol, permanent: server:1 answered in plain text, and not in TLS",
    );
    await using silent = await listen((socket) => void socket.resume());
    expect(await reported(silent, true)).toBe(
      "failed, timeout: no answer from server:1 within 2s while opening the TLS connection",
    );
  });

  test("answers the handshake and nothing else", async () => {
    const deaf = ({ certificate, key }: Certified) =>
      createServer({ cert: certificate, key }, (socket) => void socket.on("error", () => {}).resume());
    await using server = await watch(deaf(local));
    expect(await reported(server, { ca: ours.certificate })).toMatch(
      /^failed, timeout: no answer from server:1 within 2s while (waiting for the answer|opening the TLS connection|connecting)$/,
    );
  });
});

test("a bucket at the port of a service in TLS is asked as the service's tls says", async () => {
  await using server = await watch(
    createHttps({ cert: local.certificate, key: local.key }, (_request, response) =>
      response.end("<ListBucketResult></ListBucketResult>"),
    ),
  );
  const { host, port } = server;
  const endpoint = { protocol: "http", host, port, tls: { ca: ours.certificate } } as const;
  const probe = bucket("uploads", { accessKeyId: "shop", secretAccessKey: { secret: "store" }, port });
  expect(reportOf(await attempt(probe, endpoint, { secrets }), server)).toBe("passed");
});

test("AMQP closes what is no broker behind its TLS", async () => {
  await using server = await watch(
    overTls((socket) => void socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"))(local),
  );
  const { host, port } = server;
  const account = { user: "shop", password: "unused", vhost: "/", tls: { ca: ours.certificate } };
  const outcome = await attempt(amqp(), { protocol: "amqp", host, port, ...account });
  expect(await nothingOpen(server)).toBe(true);
  expect(reportOf(outcome, server)).toBe("failed, protocol: server:1 answered, but not as AMQP 0-9-1 does");
});
