import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { describe, expect, test } from "vitest";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { get, post } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf, secrets } from "../support/attempt.ts";
import { authority } from "../support/certificates.ts";
import type { Loopback } from "../support/loopback.ts";
import { watch } from "../support/loopback.ts";

const serve = (answer: RequestListener, host?: string) => watch(createServer(answer), undefined, host);

async function reported({ host, port }: Loopback, probe: DeclaredProbe): Promise<string> {
  const outcome = await attempt(probe, { protocol: "http", host, port });
  return reportOf(outcome, { host, port });
}

async function received(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return `${request.method} ${request.url} ${request.headers["content-type"] ?? "-"} ${text}`;
}

describe("the text of a body", () => {
  const page = (text: string) => serve((_request, response) => response.end(text));

  test("contains what is expected", async () => {
    await using server = await page("<h1>Shop</h1>");
    expect(await reported(server, get("/", { text: "<h1>Shop" }))).toBe("passed");
  });

  test("matches a pattern", async () => {
    await using server = await page("version 4.2.1");
    expect(await reported(server, get("/", { text: /^version 4\.\d+/ }))).toBe("passed");
  });

  test("is another", async () => {
    await using server = await page("<h1>Maintenance</h1>");
    expect(await reported(server, get("/", { text: "<h1>Shop" }))).toBe(
      "failed, body: GET / answered with a body that begins: <h1>Maintenance</h1>; expected in it: <h1>Shop",
    );
  });

  test("is quoted without a secret", async () => {
    await using server = await page(`the password is ${secrets.password}`);
    expect(await reported(server, get("/", { text: /ready/ }))).not.toContain(secrets.password);
  });

  test("is looked for in the first MiB of one without an end", async () => {
    await using server = await serve((_request, response) => {
      response.write("ready");
      const more = () => void (response.writable && response.write("x".repeat(65_536), more));
      more();
    });
    expect(await reported(server, get("/", { text: "ready" }))).toBe("passed");
    expect(await nothingOpen(server)).toBe(true);
  });
});

describe("the headers of an answer", () => {
  const headers = (all: Record<string, string | string[]>) =>
    serve((_request, response) => response.writeHead(200, all).end());

  test("are as expected, whatever the case of their names", async () => {
    await using server = await headers({ "Content-Type": "text/html; charset=utf-8", "X-Version": "4" });
    const probe = get("/", { responseHeaders: { "content-type": /^text\/html/, "X-VERSION": "4" } });
    expect(await reported(server, probe)).toBe("passed");
  });

  test("are missing, or others", async () => {
    await using server = await headers({ "x-version": "3" });
    expect(await reported(server, get("/", { responseHeaders: { "x-frame": "DENY" } }))).toBe(
      "failed, header: GET / answered without the header x-frame, expected DENY",
    );
    expect(await reported(server, get("/", { responseHeaders: { "x-version": "4" } }))).toBe(
      "failed, header: GET / answered with x-version: 3, expected 4",
    );
  });

  test("that hold credentials are not shown", async () => {
    await using server = await headers({ "set-cookie": ["session=hush"] });
    expect(await reported(server, get("/", { responseHeaders: { "set-cookie": /theme=/ } }))).toBe(
      "failed, header: GET / answered with set-cookie: another value, expected /theme=/",
    );
  });
});

describe("bodies", () => {
  const echo = () => serve((request, response) => void received(request).then((text) => response.end(text)));

  test("a form, with a secret in it", async () => {
    await using server = await echo();
    const probe = post("/login", {
      form: { user: "a b", password: [{ secret: "password" }] },
      text: "never",
    });
    const outcome = await reported(server, probe);
    expect(outcome).toContain("POST /login application/x-www-form-urlencoded user=a+b&password=");
    expect(outcome).not.toContain(encodeURIComponent(secrets.password));
  });

  test("a text as it is", async () => {
    await using server = await echo();
    const probe = post("/", { bodyText: "<ping/>", text: "POST / text/plain; charset=utf-8 <ping/>" });
    expect(await reported(server, probe)).toBe("passed");
  });

  test("of a type that the headers say", async () => {
    await using server = await echo();
    const headers = { "Content-Type": "text/xml" };
    expect(
      await reported(server, post("/", { headers, bodyText: "<a/>", text: "POST / text/xml <a/>" })),
    ).toBe("passed");
  });
});

describe("redirects", () => {
  /** Answers paths by what is said of them: a status and a location, or a text. */
  const routes = (all: Record<string, readonly [number, string] | string>, seen: string[] = []) =>
    serve((request, response) => {
      seen.push(
        `${request.method} ${request.url} ${request.headers.authorization ?? "-"} ${request.headers.host?.split(":")[0]}`,
      );
      const route = all[request.url ?? ""] ?? "nothing";
      if (typeof route === "string") response.end(route);
      else response.writeHead(route[0], { location: route[1] }).end();
    });

  test("are followed as far as is said", async () => {
    const seen: string[] = [];
    await using server = await routes({ "/": [302, "/a"], "/a": [307, "b"], "/b": "welcome" }, seen);
    expect(await reported(server, get("/", { redirects: 2, text: "welcome" }))).toBe("passed");
    expect(await reported(server, get("/", { redirects: 1 }))).toBe(
      "failed, status: GET /a answered 307 and redirects to b, after 1 redirects that were followed",
    );
    expect(seen.slice(0, 3).map((line) => line.split(" ")[1])).toEqual(["/", "/a", "/b"]);
    expect(await nothingOpen(server)).toBe(true);
  });

  test("are answers where nothing is said, and where their status is expected", async () => {
    await using server = await routes({ "/": [302, "/a"] });
    expect(await reported(server, get("/"))).toBe(
      "failed, status: GET / answered 302, expected 200; it redirects to /a",
    );
    expect(await reported(server, get("/", { status: 302, redirects: 3 }))).toBe("passed");
  });

  test("are not followed to another host, unless it is named", async () => {
    const seen: string[] = [];
    await using other = await serve((request, response) => {
      seen.push(request.headers.authorization ?? "nothing");
      response.end("elsewhere");
    }, "127.0.0.2");
    await using server = await routes({ "/": [302, `http://127.0.0.2:${other.port}/x?token=hush`] });
    expect(await reported(server, get("/", { redirects: 3 }))).toBe(
      `failed, status: GET / answered 302 and redirects to http://127.0.0.2:${other.port}/x?..., which is another host: name it in redirects: { hosts } to have it followed`,
    );
    expect(seen).toEqual([]);
    const headers = { Authorization: ["Bearer ", { secret: "password" }] };
    const redirects = { atMost: 1, hosts: ["127.0.0.2"] };
    expect(await reported(server, get("/", { headers, redirects, text: "elsewhere" }))).toBe("passed");
    expect(seen, "no credentials go there").toEqual(["nothing"]);
  });

  test("keep their credentials on the same host", async () => {
    const seen: string[] = [];
    await using server = await routes({ "/": [302, "/in"], "/in": "in" }, seen);
    await reported(server, get("/", { headers: { authorization: "Basic eA==" }, redirects: 1 }));
    expect(seen).toEqual(["GET / Basic eA== 127.0.0.1", "GET /in Basic eA== 127.0.0.1"]);
  });

  test("of a POST become a GET by 303, and stay one by 307", async () => {
    const seen: string[] = [];
    await using server = await routes({ "/": [303, "/done"], "/again": [307, "/kept"] }, seen);
    await reported(server, post("/", { body: {}, redirects: 1 }));
    await reported(server, post("/again", { body: {}, redirects: 1 }));
    expect(seen.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      ...["POST /", "GET /done", "POST /again", "POST /kept"],
    ]);
  });

  test("from TLS to plain text are not followed; from plain text to TLS they are, as https says", async () => {
    const ours = authority();
    const { certificate: cert, key } = ours.issue(["127.0.0.1"]);
    await using plain = await routes({ "/": "plain" });
    const answer: RequestListener = (request, response) =>
      request.url === "/down"
        ? response.writeHead(302, { location: `http://127.0.0.1:${plain.port}/` }).end()
        : response.end("secure");
    await using secure = await watch(createSecureServer({ cert, key }, answer));
    await using up = await routes({ "/": [301, `https://127.0.0.1:${secure.port}/`] });
    const https = { ca: ours.certificate };
    expect(await reported(secure, get("/down", { https, redirects: 1 }))).toBe(
      `failed, status: GET /down answered 302 and redirects to http://127.0.0.1:${plain.port}/, from TLS to plain text, and is not followed`,
    );
    expect(await reported(up, get("/", { redirects: 1 }))).toContain("failed, certificateAuthority");
  });
});

test("another port of the service, and another host", async () => {
  await using server = await serve(
    (request, response) => response.end(request.headers.host?.split(":")[0]),
    "127.0.0.3",
  );
  const { port } = server;
  const elsewhere = { host: "127.0.0.1", port: 1 };
  const outcome = await attempt(get("/", { host: "127.0.0.3", port, text: "127.0.0.3" }), {
    protocol: "http",
    ...elsewhere,
  });
  expect(reportOf(outcome, server)).toBe("passed");
});
