import { createServer } from "node:https";
import type { ServerOptions } from "node:https";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { get, grpcHealth, query, webSocket } from "../../lib/model/probes.ts";
import type { Tls } from "../../lib/model/tls.ts";
import { tlsOf } from "../../lib/model/tls.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { authority, selfSigned } from "../support/certificates.ts";
import { listen, watch } from "../support/loopback.ts";
import type { Loopback } from "../support/loopback.ts";
import { serveGrpc } from "../support/grpc-server.ts";

const ours = authority("Ours");
const theirs = authority("Theirs");
const local = ours.issue(["127.0.0.1", "api.internal"]);
const client = ours.issue(["prober"]);
const secretKey = { secret: "clientKey" } as const;
const secrets = { clientKey: client.key, ca: ours.certificate };

const hourMs = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * hourMs);

async function serve(options: ServerOptions): Promise<Loopback> {
  const server = createServer(options, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ready: true }));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.on("message", () => socket.send("pong")));
  return watch(server);
}

const options = ({ certificate, key }: { certificate: string; key: string }): ServerOptions => ({
  cert: certificate,
  key,
});

async function reported(server: Loopback, probe: DeclaredProbe, tls?: true | Tls): Promise<string> {
  const { host, port } = server;
  const endpoint: Endpoint = { protocol: "http", host, port, ...(tls && { tls: tlsOf(tls) }) };
  const outcome = await attempt(probe, endpoint, { secrets });
  expect(await nothingOpen(server)).toBe(true);
  const text = reportOf(outcome, server);
  for (const value of Object.values(secrets)) expect(text).not.toContain(value.slice(40, 80));
  return text;
}

const health = (https: true | Tls, more = {}) => get("/health", { json: { ready: true }, https, ...more });

describe("HTTPS", () => {
  test("a certificate of an accepted authority, for the address that is asked", async () => {
    await using server = await serve(options(local));
    expect(await reported(server, health({ ca: ours.certificate }))).toBe("passed");
  });

  test("the authority as a secret", async () => {
    await using server = await serve(options(local));
    expect(await reported(server, health({ ca: { secret: "ca" } }))).toBe("passed");
  });

  test("the service's own TLS is that of its probes", async () => {
    await using server = await serve(options(local));
    expect(await reported(server, get("/health"), { ca: ours.certificate })).toBe("passed");
  });

  test("measuring goes over one connection", async () => {
    await using server = await serve(options(local));
    const probe = get("/health", { https: { ca: ours.certificate }, p95: { under: "5s", samples: 5 } });
    expect(await reported(server, probe)).toBe("passed");
    expect(server.accepted()).toBe(1);
  });

  test("an authority that nobody has named", async () => {
    await using server = await serve(options(local));
    expect(await reported(server, health(true))).toBe(
      "failed, certificateAuthority, permanent: server:1 shows a certificate for 127.0.0.1 of an authority that is not among the accepted: Ours",
    );
  });

  test("another authority than the accepted one", async () => {
    await using server = await serve(options(theirs.issue(["127.0.0.1"])));
    expect(await reported(server, health({ ca: ours.certificate }))).toBe(
      "failed, certificateAuthority, permanent: server:1 shows a certificate for 127.0.0.1 of an authority that is not among the accepted: Theirs",
    );
  });

  test("a certificate that the server has signed itself", async () => {
    await using server = await serve(options(selfSigned("api.internal")));
    expect(await reported(server, health(true))).toBe(
      "failed, certificateAuthority, permanent: server:1 shows a certificate for api.internal that it has signed itself, and that is not among the accepted",
    );
  });

  test("a certificate that has expired", async () => {
    const notAfter = ago(1);
    await using server = await serve(options(ours.issue(["127.0.0.1"], { notBefore: ago(48), notAfter })));
    expect(await reported(server, health({ ca: ours.certificate }))).toBe(
      `failed, certificateExpired, permanent: server:1 shows a certificate for 127.0.0.1 that expired on ${notAfter.toISOString().slice(0, 10)}`,
    );
  });

  test("a certificate that is not valid yet, which waiting heals", async () => {
    const notBefore = ago(-24);
    await using server = await serve(options(ours.issue(["127.0.0.1"], { notBefore, notAfter: ago(-48) })));
    expect(await reported(server, health({ ca: ours.certificate }))).toBe(
      `failed, certificateExpired: server:1 shows a certificate for 127.0.0.1 that is not valid before ${notBefore.toISOString().slice(0, 10)}`,
    );
  });

  test("a certificate for another name", async () => {
    await using server = await serve(options(ours.issue(["shop.internal", "10.1.2.3"])));
    expect(await reported(server, health({ ca: ours.certificate }))).toBe(
      "failed, certificateName, permanent: server:1 shows a certificate for shop.internal, 10.1.2.3, and not for 127.0.0.1",
    );
  });

  test("the name that the declaration says is the one that counts, and the one that the server is asked under", async () => {
    const asked: string[] = [];
    await using server = await serve({
      ...options(ours.issue(["shop.internal"])),
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    });
    const tls = { ca: ours.certificate, serverName: "shop.internal" };
    expect(await reported(server, health(tls))).toBe("passed");
    expect(asked).toEqual(["shop.internal"]);
  });

  test("insecure accepts what shows itself", async () => {
    await using server = await serve(options(selfSigned("somebody")));
    expect(await reported(server, health({ insecure: true }))).toBe("passed");
  });

  test.for(["TLSv1.2", "TLSv1.3"] as const)("a client's certificate over %s", async (version) => {
    await using server = await serve({
      ...options(local),
      ...{ requestCert: true, rejectUnauthorized: true, ca: ours.certificate, maxVersion: version },
    });
    const shown = { ca: ours.certificate, certificate: client.certificate, key: secretKey };
    expect(await reported(server, health(shown))).toBe("passed");
  });

  // Most servers say so by an alert, as network-cause.test.ts and the integration tests have it.
  test("a server of Node's that wants a certificate of its clients closes the connection without a word", async () => {
    await using server = await serve({
      ...options(local),
      ...{ requestCert: true, rejectUnauthorized: true, ca: ours.certificate },
    });
    expect(await reported(server, health({ ca: ours.certificate }))).toBe(
      "failed, reset: connection closed by server:1 while waiting for the response",
    );
  });

  test("a server that speaks plain text", async () => {
    await using server = await listen((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),
    );
    expect(await reported(server, health(true))).toBe(
      "failed, protocol, permanent: server:1 answered in plain text, and not in TLS",
    );
  });

  test("a server that never answers the handshake", async () => {
    await using server = await listen((socket) => socket.resume());
    expect(await reported(server, health(true, { timeout: "1s" }))).toBe(
      "failed, timeout: no answer from server:1 within 1s while opening the TLS connection",
    );
  });

  test("a server that closes the connection in the handshake", async () => {
    await using server = await listen((socket) => socket.once("data", () => socket.end()));
    expect(await reported(server, health(true))).toBe(
      "failed, reset: connection closed by server:1 while opening the TLS connection",
    );
  });

  test("a key that is not the certificate's is the prober's matter, and is not shown", async () => {
    await using server = await serve(options(local));
    const other = { ca: ours.certificate, certificate: ours.issue(["other"]).certificate, key: secretKey };
    expect(await reported(server, health(other))).toMatch(
      /^unknown, prober: the probe's own certificate, its key or its ca cannot be used: .*key values mismatch$/,
    );
  });
});

describe("WebSocket over TLS", () => {
  const ask = (https: true | Tls) => webSocket("/live", { send: "ping", expect: "pong", https });

  test("a certificate of an accepted authority", async () => {
    await using server = await serve(options(local));
    expect(await reported(server, ask({ ca: ours.certificate }))).toBe("passed");
  });

  test("a certificate of another authority", async () => {
    await using server = await serve(options(local));
    expect(await reported(server, ask(true))).toMatch(
      /^failed, certificateAuthority, permanent: server:1 shows/,
    );
  });

  test("a server that never answers the handshake", async () => {
    await using server = await listen((socket) => socket.resume());
    expect(await reported(server, webSocket("/live", { https: true, timeout: "1s" }))).toBe(
      "failed, timeout: no answer from server:1 within 1s while opening the TLS connection",
    );
  });
});

describe("gRPC over TLS", () => {
  const path = "/grpc.health.v1.Health/Check";
  const serving = Buffer.from([0x08, 0x01]);

  test("a certificate of an accepted authority", async () => {
    await using server = await serveGrpc(path, (_call, answer) => answer(null, serving), local);
    const probe = grpcHealth({ port: server.port, tls: { ca: ours.certificate } });
    expect(reportOf(await attempt(probe), server)).toBe("passed");
  });

  test("a certificate of another authority", async () => {
    await using server = await serveGrpc(path, (_call, answer) => answer(null, serving), local);
    const probe = grpcHealth({ port: server.port, tls: true });
    expect(reportOf(await attempt(probe), server)).toMatch(
      /^failed, certificateAuthority, permanent: server:1 shows/,
    );
  });

  test("a server that speaks TLS, and no HTTP/2", async () => {
    await using server = await serve(options(local));
    const probe = grpcHealth({ port: server.port, tls: { ca: ours.certificate } });
    expect(await reported(server, probe)).toBe(
      "failed, protocol, permanent: server:1 speaks TLS, and not the protocol that it is asked for over it",
    );
  });
});

describe("ClickHouse over TLS", () => {
  const endpointAt = ({ host, port }: Loopback, tls: true | Tls): Endpoint => ({
    ...{ protocol: "clickhouse", host, port, user: "netra", database: "netra" },
    ...{ password: [{ secret: "clickhousePassword" }], tls: tlsOf(tls) },
  });
  const withPassword = { secrets: { ...secrets, clickhousePassword: "s3cr3t/password" } };

  test("a certificate of an accepted authority, and one of another", async () => {
    const asked: string[] = [];
    const answering = createServer(options(local), (request, response) => {
      asked.push(request.method ?? "");
      request.resume();
      response.end('{"1":1}\n');
    });
    await using server = await watch(answering);
    const probe = query("SELECT 1", { rows: { atLeast: 1, atMost: 1 } });
    const answered = await attempt(probe, endpointAt(server, { ca: ours.certificate }), withPassword);
    expect(reportOf(answered, server)).toBe("passed");
    expect(asked).toEqual(["POST"]);
    const refused = await attempt(probe, endpointAt(server, true), withPassword);
    expect(reportOf(refused, server)).toMatch(/^failed, certificateAuthority, permanent: server:1 shows/);
    expect(asked, "nothing is sent to who is not trusted").toEqual(["POST"]);
    expect(await nothingOpen(server)).toBe(true);
  });
});
