import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { logIn } from "../../services/frontend/log-in.ts";
import {
  type TrialStack,
  createTrialStack,
  healthPaths,
  post,
  secrets,
  services,
} from "../services/trial-stack.ts";

let stack: TrialStack;

beforeAll(async () => {
  stack = await createTrialStack();
});

afterAll(async () => {
  await stack.remove();
});

describe("started all at once, the applications before what they need", () => {
  const readyAfterMs = 4_000;

  beforeAll(async () => {
    const READY_AFTER = `${readyAfterMs}ms`;
    await stack.startApplication("migrations");
    for (const service of ["frontend", "backend", "auth"] as const) {
      await stack.startApplication(service, { env: { READY_AFTER } });
    }
    for (const service of services) await stack.askUntil(service, "/health", ({ status }) => status === 200);
  });

  test.each(services)("%s answers /health early and nothing else as ready", async (service) => {
    expect(await stack.ask(service, "/health")).toEqual({ status: 200, body: { status: "ok", service } });
    for (const path of healthPaths[service]) {
      const { status, body } = await stack.ask(service, `/health/${path}`);
      expect({ path, status, ready: body.ready, reason: typeof body.reason }).toEqual({
        path,
        status: 503,
        ready: false,
        reason: "string",
      });
    }
  });

  test("the frontend's own paths say that it is not ready", async () => {
    expect(await stack.ask("frontend", "/api/health")).toMatchObject({ status: 503, body: { ready: false } });
    for (const path of ["/api/auth/validate", "/api/test/complete-flow"]) {
      expect(await stack.ask("frontend", path, post())).toMatchObject({
        status: 503,
        body: { ready: false },
      });
    }
    const [error] = (await once(
      new WebSocket(`ws://${await stack.address("frontend")}/ws/test`),
      "error",
    )) as [Error];
    expect(error.message).toContain("503");
  });

  test("when the databases come, the migrations run and everything becomes ready by itself", async () => {
    await stack.startDatabases();
    expect(await stack.exitCode("migrations")).toBe(0);
    for (const service of services) {
      expect(await stack.becomesReady(service)).toMatchObject({ status: 200, body: { ready: true } });
    }
  });

  test("no one was ready before READY_AFTER", async () => {
    for (const service of services) {
      const { body } = await stack.ask(service, "/health/complete");
      const { ms } = body.initialisation as { readonly ms: number };
      expect(ms).toBeGreaterThanOrEqual(readyAfterMs);
    }
  });

  test.each(services)("every health path of %s is ready", async (service) => {
    for (const path of healthPaths[service]) {
      const { status, body } = await stack.ask(service, `/health/${path}`);
      expect({ path, status, ready: body.ready, reason: body.reason }).toEqual({
        path,
        status: 200,
        ready: true,
      });
    }
  });
});

describe("what a user gets", () => {
  test("the complete flow: log in, an agent answers, its event is read back", async () => {
    const { status, body } = await stack.ask("frontend", "/api/test/complete-flow", post());
    expect(status).toBe(200);
    expect(body).toMatchObject({ complete: true, ready: true });
    expect((body.steps as { name: string; ms: number }[]).map(({ name }) => name)).toEqual([
      "logIn",
      "callBackend",
      "websocket",
      "agentAnswers",
      "eventReadBack",
    ]);
  });

  test("a token is got and validated, a foreign one is rejected", async () => {
    expect(await stack.ask("frontend", "/api/auth/validate", post())).toMatchObject({
      status: 200,
      body: { ready: true, valid: true, subject: "frontend", issuer: "http://auth:8081" },
    });
    const { status, body } = await stack.ask("frontend", "/api/auth/validate", post('{"token":"a.b.c"}'));
    expect(status).toBe(401);
    expect(body.error).toContain("token rejected");
  });

  test("the websocket reaches through to the backend", async () => {
    const socket = new WebSocket(`ws://${await stack.address("frontend")}/ws/test`);
    await once(socket, "open");
    socket.send('{"type":"ping"}');
    const [data] = (await once(socket, "message")) as [Buffer];
    expect(JSON.parse(String(data))).toMatchObject({ type: "pong", backend: "pong" });
    socket.terminate();
  });

  test("the page is there", async () => {
    const response = await fetch(`http://${await stack.address("frontend")}/`);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain("<h1>netra</h1>");
  });

  test("the backend lets nobody in without a token", async () => {
    for (const path of ["/agents", "/events/00000000-0000-4000-8000-000000000000"]) {
      expect((await stack.ask("backend", path)).status).toBe(401);
    }
    expect((await stack.ask("backend", "/agents/echo/run", post('{"input":"hello"}'))).status).toBe(401);
    const forged = { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9." };
    expect((await stack.ask("backend", "/agents", { headers: forged })).status).toBe(401);
  });

  test("who is connected to the backend hears what an agent answers", async () => {
    const token = await logIn({
      authUrl: `http://${await stack.address("auth")}`,
      id: "frontend",
      secret: secrets.client,
    });
    const authorization = `Bearer ${token}`;
    const socket = new WebSocket(`ws://${await stack.address("backend")}/ws`, { headers: { authorization } });
    await once(socket, "open");
    const received = once(socket, "message") as Promise<[Buffer]>;
    const run = await stack.ask("backend", "/agents/echo/run", post('{"input":"hello"}', { authorization }));
    expect(run).toMatchObject({ status: 200, body: { agent: "echo", answer: "hello" } });
    const [data] = await received;
    expect(JSON.parse(data.toString())).toMatchObject({
      type: "answer",
      id: run.body.eventId,
      answer: "hello",
    });
    socket.terminate();

    const event = await stack.ask("backend", `/events/${String(run.body.eventId)}`, {
      headers: { authorization },
    });
    expect(event).toMatchObject({
      status: 200,
      body: { agent: "echo", subject: "frontend", input: "hello" },
    });
    for (const path of ["/events/00000000-0000-4000-8000-000000000000", "/events/x' OR 1=1"]) {
      expect((await stack.ask("backend", path, { headers: { authorization } })).status).toBe(404);
    }
    expect((await stack.ask("backend", "/agents/nobody/run", post("{}", { authorization }))).status).toBe(
      404,
    );
    expect((await stack.ask("backend", "/agents/echo/run", post("{}", { authorization }))).status).toBe(400);
  });
});

describe("the end", () => {
  test.each(services)("%s closes on SIGTERM and exits with 0", async (service) => {
    // After these seconds the engine kills, and the exit code is 137.
    await stack.container(service).stop({ t: 5 });
    const { State, Config } = await stack.container(service).inspect();
    expect(State.ExitCode).toBe(0);
    expect(Config.User).toBe("node");
  });

  test("no log has a secret in it, and every line is one JSON object", async () => {
    for (const service of services) {
      const log = await stack.logs(service);
      for (const secret of Object.values(secrets)) expect(log).not.toContain(secret);
      for (const line of log.trim().split("\n")) {
        expect(JSON.parse(line)).toMatchObject({ service, msg: expect.any(String) as string });
      }
    }
  });
});
