import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import { custom } from "../../lib/model/probes.ts";
import { attempt, nothingOpen, secrets, reportOf } from "../support/attempt.ts";
import { hang, listen, watch } from "../support/loopback.ts";

const nowhere = { host: "127.0.0.1", port: 0 };
const depth = (timeout: "5s" | "1s" = "5s") =>
  custom("test/probes/queue-depth.ts", {
    with: { under: 10 },
    secrets: { token: { secret: "password" } },
    timeout,
  });

async function reported(...args: Parameters<typeof attempt>): Promise<string> {
  return reportOf(await attempt(...args), nowhere);
}

describe("a probe of the project's own", () => {
  async function answering(respond: RequestListener): Promise<string> {
    await using server = await watch(createServer(respond));
    const { host, port } = server;
    return reportOf(await attempt(depth(), { protocol: "http", host, port }), server);
  }

  test("passes, with its options and its secret", async () => {
    let authorization: string | undefined;
    const respond: RequestListener = (request, response) => {
      authorization = request.headers.authorization;
      response.end('{"depth":9}');
    };
    // fetch sends a header's characters as single bytes.
    const password = secrets.password.replaceAll(/[^ -~]/g, (character) => character);
    expect(await answering(respond)).toBe("passed");
    expect(authorization).toBe(`Bearer ${password}`);
  });

  test("fails in its own words", async () => {
    expect(await answering((_request, response) => response.end('{"depth":10}'))).toBe(
      "failed, custom: 10 jobs wait, expected fewer than 10",
    );
  });

  test("fails for good", async () => {
    expect(await answering((_request, response) => response.writeHead(401).end())).toBe(
      "failed, custom, permanent: the token is not accepted",
    );
  });

  test("is ended at its timeout by the signal, and leaves nothing open", async () => {
    await using server = await listen(hang);
    const { host, port } = server;
    expect(reportOf(await attempt(depth("1s"), { protocol: "http", host, port }), server)).toBe(
      "failed, timeout: no answer from test/probes/queue-depth.ts within 1s while asking for the queue's depth",
    );
    expect(await nothingOpen(server)).toBe(true);
  });

  test("is left at its timeout where it does not listen to the signal", async () => {
    expect(await reported(custom("test/probes/hangs.ts", { timeout: "1s" }))).toBe(
      "failed, timeout: no answer from test/probes/hangs.ts within 1s while waiting for Godot",
    );
  });
});

describe("a custom probe gets", () => {
  test("how clients reach the service, with the password filled in, which no outcome shows", async () => {
    const endpoint: Endpoint = {
      protocol: "postgres",
      host: "db",
      port: 5432,
      user: "netra",
      database: "shop",
      password: [{ secret: "wrong" }],
    };
    expect(await reported(custom("test/probes/says.ts"), endpoint)).toBe(
      'failed, custom: {"host":"db","port":5432,"url":"postgres://netra:[secret]@db:5432/shop","user":"netra"}',
    );
  });

  test("nothing but the host of a job", async () => {
    expect(await reported(custom("test/probes/says.ts"))).toBe('failed, custom: {"host":"127.0.0.1"}');
  });

  test("the secrets of the declaration, and no others", async () => {
    const asking = (name: string) =>
      custom("test/probes/says.ts", { with: { ask: name }, secrets: { token: { secret: "password" } } });
    expect(await reported(asking("token"))).toBe("failed, custom: [secret]");
    expect(await reported(asking("password"))).toBe(
      'unknown, prober: the declaration gives this probe no secret "password"',
    );
  });
});

describe("a custom probe with a defect is no fault of the service's", () => {
  test.each([
    ["test/probes/throws.ts", "depth is not a function, [secret]"],
    [
      "test/probes/returns-nothing.ts",
      "test/probes/returns-nothing.ts returned neither passed() nor failed()",
    ],
    ["test/probes/no-probe.ts", "test/probes/no-probe.ts has no default export made by probe()"],
  ] as const)("%s", async (module, text) => {
    expect(await reported(custom(module))).toBe(`unknown, prober: ${text}`);
  });

  test("a module that is not there", async () => {
    const outcome = await attempt(custom("test/probes/missing.ts"));
    expect(outcome).toMatchObject({ status: "unknown", cause: { code: "prober" } });
  });
});
