import { z } from "zod";
import { runApplication } from "../shared/application.ts";
import { callJson } from "../shared/http-call.ts";
import { warmUp } from "../shared/initialisation.ts";
import { createTokenVerifier } from "../shared/token-verifier.ts";
import { websocketEndpoint } from "../shared/websocket-endpoint.ts";
import { apiRoutes } from "./api-routes.ts";
import { createBackend } from "./backend.ts";
import { frontendEnvironment } from "./environment.ts";
import { logIn } from "./log-in.ts";
import { page } from "./page.ts";

await runApplication({
  service: "frontend",
  schema: frontendEnvironment,
  build({ environment, server, initialisation }) {
    const { BACKEND_URL, AUTH_URL, CLIENT_ID, CLIENT_SECRET, READY_AFTER } = environment;
    const backend = createBackend(BACKEND_URL);
    const tokens = createTokenVerifier(AUTH_URL);
    const token = () => logIn({ authUrl: AUTH_URL, id: CLIENT_ID, secret: CLIENT_SECRET });

    const isReady = (service: string, url: string) => async () => {
      await callJson(service, new URL("/health/ready", url).href, z.object({ ready: z.literal(true) }));
      return {};
    };
    const checks = { backend: isReady("backend", BACKEND_URL), auth: isReady("auth", AUTH_URL) };

    server.get("/", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
    apiRoutes(server, { initialisation, checks, backend, tokens, logIn: token });

    /** Reaches through to the backend's own websocket before it answers. */
    const test = websocketEndpoint(server, {
      path: "/ws/test",
      admit: async () => initialisation.assertDone(),
      async answer(message) {
        if (message.type !== "ping")
          return { type: "error", reason: "the one message understood here is ping" };
        const startedMs = performance.now();
        await backend.ping(await token());
        return { type: "pong", backend: "pong", ms: Math.round(performance.now() - startedMs) };
      },
    });

    return {
      checks,
      initialisation: [
        { name: "reading the keys of auth", run: tokens.connect },
        { name: "reaching the backend", run: isReady("backend", BACKEND_URL) },
        warmUp(READY_AFTER),
        { name: "logging in", run: async () => tokens.verify(await token()) },
      ],
      close: async () => test.close(),
    };
  },
});
