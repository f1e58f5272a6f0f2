import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { EndpointOf } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { get, post } from "../../lib/model/probes.ts";
import { against, againstNobody, attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import { answer, halfClose, hang, reset, watch } from "../support/loopback.ts";

const at = ({ host, port }: { host: string; port: number }): EndpointOf<"http"> => ({
  protocol: "http",
  host,
  port,
});

async function answering(probe: DeclaredProbe, respond: RequestListener): Promise<string> {
  await using loopback = await watch(createServer(respond));
  const outcome = await attempt(probe, at(loopback));
  expect(await nothingOpen(loopback)).toBe(true);
  return reportOf(outcome, loopback);
}

const probe = get("/health");
const quick = get("/health", { timeout: "1s" });
const ready = get("/health", { json: { ready: true } });

describe("an HTTP probe and a server that", () => {
  test("is not there", async () => {
    expect(await againstNobody(probe, at)).toBe("failed, refused: connection refused by server:1");
  });

  test("accepts and says nothing", async () => {
    expect(await against(hang, quick, at)).toBe(
      "failed, timeout: no answer from server:1 within 1s while waiting for the response",
    );
  });

  test("closes its half of the connection", async () => {
    expect(await against(halfClose, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the response",
    );
  });

  test("resets the connection", async () => {
    expect(await against(reset, probe, at)).toBe(
      "failed, reset: connection closed by server:1 while waiting for the response",
    );
  });

  test.each([
    ["Redis", "-ERR unknown command\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"],
  ])("speaks another protocol: %s", async (_name, text) => {
    expect(await against(answer(text), probe, at)).toBe(
      "failed, protocol: server:1 answered, but not in HTTP",
    );
  });

  test.each([
    ["301", "https://shop.example.com/health", "failed, https, permanent: "],
    ["308", "HTTPS://shop.example.com/health", "failed, https, permanent: "],
    ["302", "http://shop.example.com/health", "failed, status: "],
    ["302", "/log-in?from=https://shop.example.com/", "failed, status: "],
  ])("redirects with %s to %s", async (status, location, cause) => {
    const respond: RequestListener = (_request, response) =>
      response.writeHead(Number(status), { location }).end();
    expect(await answering(probe, respond)).toContain(
      `${cause}GET /health answered ${status}, expected 200; it redirects to `,
    );
  });

  test("refuses the request for the host name that it names, unless the probe says another", async () => {
    const respond: RequestListener = ({ headers: { host } }, response) =>
      host === "shop.example.com"
        ? response.end()
        : response.writeHead(400).end(`Invalid Host header: ${host?.replace(/:\d+$/, "")}`);
    expect(await answering(get("/health"), respond)).toBe(
      "failed, request: GET /health answered 400, expected 200; Invalid Host header: 127.0.0.1",
    );
    expect(await answering(get("/health", { headers: { Host: "shop.example.com" } }), respond)).toBe(
      "passed",
    );
  });

  test.each([
    [
      "is not UTF-8",
      Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xe4, 0x22, 0x7d]),
      'a body that is not UTF-8, as JSON is: {"a":"\u{fffd}"}',
    ],
    [
      "is UTF-8 cut short",
      Buffer.from('{"ready":true,"a":"ä"}').subarray(0, -3),
      'a body that is not UTF-8, as JSON is: {"ready":true,"a":"\u{fffd}',
    ],
    [
      "begins with a byte order mark",
      Buffer.from('\u{feff}{"ready":true}'),
      'a byte order mark before the body, which JSON does not allow: {"ready":true}',
    ],
  ])("answers with JSON that %s", async (_name, body, reported) => {
    expect(await answering(ready, (_request, response) => response.end(body))).toBe(
      `failed, body: GET /health answered with ${reported}`,
    );
  });

  test("answers with an expected status", async () => {
    expect(
      await answering(get("/health", { status: [200, 204] }), (_request, response) =>
        response.writeHead(204).end(),
      ),
    ).toBe("passed");
  });

  test("answers with the expected status, and a body that never ends and nobody asked for", async () => {
    expect(await answering(probe, (_request, response) => void response.write("event: tick\n\n"))).toBe(
      "passed",
    );
  });

  test("answers with another status", async () => {
    const respond: RequestListener = (_request, response) =>
      response.writeHead(503).end('{"ready":false,\n"reason":"\u001b[31mno database\u001b[0m"}');
    expect(await answering(get("/health", { status: [200, 204] }), respond)).toBe(
      'failed, status: GET /health answered 503, expected 200 or 204; {"ready":false, "reason":"no database"}',
    );
  });

  test("answers with another status and a long body, with a secret at the place of the cut", async () => {
    const respond: RequestListener = (_request, response) =>
      response.writeHead(500).end(`${"x".repeat(195)}s3cr3t/pässword and more`);
    expect(await answering(probe, respond)).toBe(
      `failed, status: GET /health answered 500, expected 200; ${"x".repeat(195)}[secr...`,
    );
  });

  test("answers with another status and no body", async () => {
    expect(await answering(probe, (_request, response) => response.writeHead(500).end())).toBe(
      "failed, status: GET /health answered 500, expected 200; the body is empty",
    );
  });

  test("answers with another status, and keeps its body back", async () => {
    const respond: RequestListener = (_request, response) => response.writeHead(500).flushHeaders();
    expect(await answering(get("/health"), respond)).toBe(
      "failed, status: GET /health answered 500, expected 200; the body does not come",
    );
  });

  test("answers with another status and a body without end", async () => {
    const respond: RequestListener = (_request, response) => {
      response.writeHead(500);
      const more = () =>
        void (response.destroyed || response.write("x".repeat(60_000), () => setImmediate(more)));
      more();
    };
    expect(await answering(get("/health"), respond)).toBe(
      `failed, status: GET /health answered 500, expected 200; ${"x".repeat(200)}...`,
    );
  });

  test("redirects, which is an answer", async () => {
    const paths: (string | undefined)[] = [];
    const respond: RequestListener = (request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: "/login" }).end();
    };
    expect(await answering(get("/health"), respond)).toBe(
      "failed, status: GET /health answered 302, expected 200; it redirects to /login",
    );
    expect(await answering(get("/health", { status: 302 }), respond)).toBe("passed");
    expect(paths).toEqual(["/health", "/health"]);
  });

  test.each([
    ["/login?ticket=ST-1#token=x", "/login?..."],
    ["http://id.example/authorize?code=abc&state=x", "http://id.example/authorize?..."],
    ["http://me:pass@id.example/in#access_token=abc", "http://id.example/in?..."],
    ["//me@id.example/in", "//id.example/in"],
    ["/in\u0085x", String.raw`/in\x85x`],
    ["?only=a-query", "?..."],
  ])("redirects to %s, of which the place alone is reported", async (location, reported) => {
    const respond: RequestListener = (_request, response) =>
      response.writeHead(302, { location }).end("the body is not shown");
    expect(await answering(get("/health"), respond)).toBe(
      `failed, status: GET /health answered 302, expected 200; it redirects to ${reported}`,
    );
  });

  test.each([
    [
      "what clears the screen",
      "\u001b[2J\u001b]0;title\u0007no database\r\nyet\rgone",
      String.raw`no database yet\rgone`,
    ],
  ])("answers with %s", async (_name, body, reported) => {
    expect(await answering(ready, (_request, response) => response.end(body))).toBe(
      `failed, body: GET /health answered with a body that is not JSON: ${reported}`,
    );
  });

  test.each([
    ["in a form", "password=wr0ng%2Bpassword&x", "password=[secret]&x"],
    ["in lower case", "s3cr3t%2fp%c3%a4ssword", "[secret]"],
    ["as entities", "<p>s3cr3t&#x2F;p&auml;ssword</p>", "<p>[secret]</p>"],
    ["in a credential", `Basic ${btoa("somebody:wr0ng+password")}`, "Basic [secret]"],
    ["in hexadecimal digits", Buffer.from("wr0ng+password").toString("hex"), "[secret]"],
  ])("answers with a secret %s", async (_name, body, reported) => {
    const respond: RequestListener = (_request, response) => response.writeHead(500).end(body);
    expect(await answering(probe, respond)).toBe(
      `failed, status: GET /health answered 500, expected 200; ${reported}`,
    );
  });

  test("answers with the expected JSON, and more", async () => {
    expect(await answering(ready, (_request, response) => response.end('{"ready":true,"checks":[1]}'))).toBe(
      "passed",
    );
  });

  test.each([
    ['{"ready":false}', ", but ready is false, expected true"],
    ['{"ready":"s3cr3t/pässword"}', ', but ready is "[secret]", expected true'],
    ["[]", ", but the body is [], expected an object"],
    ["<html>\nstarting", " with a body that is not JSON: <html> starting"],
    ["", " with an empty body"],
  ])("answers with another body than expected: %s", async (body, reported) => {
    expect(await answering(ready, (_request, response) => response.end(body))).toBe(
      `failed, body: GET /health answered${reported}`,
    );
  });

  test("answers with more than anyone reads", async () => {
    const respond: RequestListener = (_request, response) => response.end(`"${"x".repeat(1024 * 1024)}"`);
    expect(await answering(ready, respond)).toBe("failed, body: GET /health answered with more than 1 MiB");
  });

  test("stops in the middle of the body", async () => {
    const respond: RequestListener = (_request, response) =>
      void response.writeHead(200, { "content-length": "15" }).write('{"ready":');
    expect(await answering({ ...ready, timeout: "1s" }, respond)).toBe(
      "failed, timeout: no answer from server:1 within 1s while reading the response's body",
    );
  });

  test("breaks off in the middle of the body", async () => {
    const respond: RequestListener = (_request, response) =>
      void response.writeHead(200, { "content-length": "15" }).write('{"ready":', () => response.destroy());
    expect(await answering(ready, respond)).toBe(
      "failed, reset: connection closed by server:1 while reading the response's body",
    );
  });

  test("answers slowly, but in time", async () => {
    expect(
      await answering(
        ready,
        (_request, response) => void setTimeout(() => response.end('{"ready":true}'), 100),
      ),
    ).toBe("passed");
  });
});

describe("the speed of an HTTP server that", () => {
  const quickly = (under: "5s" | "1ms", options: Parameters<typeof get>[1] = {}) =>
    get("/health", { ...options, p95: { under, samples: 5 } });

  test("is fast enough, and keeps the connection", async () => {
    await using loopback = await watch(createServer((_request, response) => response.end('{"ready":true}')));
    const outcome = await attempt(quickly("5s", { json: { ready: true } }), at(loopback));
    expect(outcome).toMatchObject({ status: "passed", measured: { samples: 5 } });
    expect(loopback.accepted()).toBe(1);
    expect(await nothingOpen(loopback)).toBe(true);
  });

  test("is too slow, which is measured to the end of the answer", async () => {
    const respond: RequestListener = (_request, response) => {
      response.flushHeaders();
      setTimeout(() => response.end("slow"), 20);
    };
    await using loopback = await watch(createServer(respond));
    const outcome = await attempt(quickly("1ms"), at(loopback));
    expect(reportOf(outcome, loopback)).toMatch(
      /^failed, slow: the 95th percentile of 5 requests to server:1 is \d+\.\d\dms, expected under 1ms$/,
    );
    expect(outcome).toMatchObject({ measured: { samples: 5 } });
  });

  test("closes every connection", async () => {
    await using loopback = await watch(
      createServer((_request, response) => response.writeHead(200, { connection: "close" }).end()),
    );
    expect(reportOf(await attempt(quickly("5s"), at(loopback)), loopback)).toBe("passed");
    expect(loopback.accepted()).toBe(6);
  });

  test("gives up in the middle", async () => {
    let requests = 0;
    const respond: RequestListener = (_request, response) => {
      requests += 1;
      response.writeHead(requests > 3 ? 503 : 200).end("overloaded");
    };
    expect(await answering(quickly("5s"), respond)).toBe(
      "failed, status: GET /health answered 503, expected 200; overloaded",
    );
    expect(requests).toBe(4);
  });

  test("does not say what is expected: nothing is measured", async () => {
    let requests = 0;
    const respond: RequestListener = (_request, response) => {
      requests += 1;
      response.end('{"ready":false}');
    };
    expect(await answering(quickly("5s", { json: { ready: true } }), respond)).toBe(
      "failed, body: GET /health answered, but ready is false, expected true",
    );
    expect(requests).toBe(1);
  });

  test("stops answering", async () => {
    let requests = 0;
    const respond: RequestListener = (_request, response) => {
      requests += 1;
      if (requests < 4) response.end();
    };
    expect(await answering(quickly("5s", { timeout: "1s" }), respond)).toBe(
      "failed, timeout: no answer from server:1 within 1s while measuring, with 2 of 5 requests answered",
    );
  });
});

test("an HTTP probe sends its method, headers with their secrets, and its body, over a connection that it closes", async () => {
  let request: IncomingMessage | undefined;
  let body = "";
  const respond: RequestListener = (incoming, response) => {
    request = incoming;
    incoming.on("data", (chunk) => (body += String(chunk)));
    incoming.on("end", () => response.end());
  };
  const probe = post("/login", {
    headers: { Authorization: ["Bearer ", { secret: "wrong" }], "X-Check": "yes" },
    body: { user: "probe" },
  });
  expect(await answering(probe, respond)).toBe("passed");
  expect(request?.method).toBe("POST");
  expect(request?.url).toBe("/login");
  expect(request?.headers).toMatchObject({
    authorization: "Bearer wr0ng+password",
    "x-check": "yes",
    "content-type": "application/json",
    connection: "close",
    "user-agent": "phasegate-probe",
  });
  expect(body).toBe('{"user":"probe"}');
});
