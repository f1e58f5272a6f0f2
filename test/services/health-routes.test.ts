import { describe, expect, test } from "vitest";
import type { HealthChecks } from "../../services/shared/health-checks.ts";
import { healthRoutes } from "../../services/shared/health-routes.ts";
import { createHttpServer } from "../../services/shared/http-server.ts";
import { createInitialisation } from "../../services/shared/initialisation.ts";

function application(checks: HealthChecks) {
  const server = createHttpServer("trial", "silent");
  const initialisation = createInitialisation({ onProgress: () => undefined });
  healthRoutes(server, { service: "trial", checks, initialisation });
  const get = async (url: string) => {
    const response = await server.inject({ url });
    return { status: response.statusCode, body: response.json<unknown>() };
  };
  return { get, initialisation };
}

const works = async () => ({ version: "7" });
const fails = async () => {
  throw new Error("connection refused");
};

describe("health", () => {
  test("/health answers before the initialisation, /health/ready does not pass", async () => {
    const { get } = application({ redis: works });
    expect(await get("/health")).toEqual({ status: 200, body: { status: "ok", service: "trial" } });
    expect(await get("/health/redis")).toMatchObject({ status: 200, body: { ready: true, version: "7" } });
    expect(await get("/health/ready")).toEqual({
      status: 503,
      body: { ready: false, reason: "initialising", service: "trial", passed: 1, checks: 1 },
    });
  });

  test("ready is: initialised, and every check passes", async () => {
    const { get, initialisation } = application({ redis: works, database: works });
    await initialisation.run([]);
    expect(await get("/health/ready")).toEqual({
      status: 200,
      body: { ready: true, service: "trial", passed: 2, checks: 2 },
    });
  });

  test("one failing check makes it not ready, with the reason", async () => {
    const { get, initialisation } = application({ redis: works, database: fails });
    await initialisation.run([]);
    expect(await get("/health/database")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "connection refused" },
    });
    expect(await get("/health/ready")).toMatchObject({
      status: 503,
      body: { ready: false, reason: "database: connection refused", passed: 1, checks: 2 },
    });
    expect(await get("/health/complete")).toMatchObject({
      status: 503,
      body: {
        ready: false,
        reason: "database: connection refused",
        initialisation: { done: true },
        checks: { redis: { ready: true }, database: { ready: false, ms: expect.any(Number) as number } },
      },
    });
  });

  test("every request asks again", async () => {
    let requested = 0;
    const { get } = application({
      redis: async () => {
        requested += 1;
        return {};
      },
    });
    await get("/health/redis");
    await get("/health/ready");
    await get("/health");
    expect(requested).toBe(2);
  });
});

test("an empty JSON body is no body, a broken one is refused", async () => {
  const server = createHttpServer("trial", "silent");
  server.post("/echo", (request) => ({ body: request.body ?? null }));
  const post = (payload: string) =>
    server.inject({ method: "POST", url: "/echo", payload, headers: { "content-type": "application/json" } });
  expect((await post("")).json()).toEqual({ body: null });
  expect((await post('{"a":1}')).json()).toEqual({ body: { a: 1 } });
  expect((await post("{")).statusCode).toBe(400);
});
