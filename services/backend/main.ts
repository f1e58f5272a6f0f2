import { runApplication } from "../shared/application.ts";
import { UnavailableError } from "../shared/failure-reason.ts";
import { warmUp } from "../shared/initialisation.ts";
import { createPostgres } from "../shared/postgres.ts";
import { createRedis } from "../shared/redis.ts";
import { createTokenVerifier } from "../shared/token-verifier.ts";
import { createAgentRegistry } from "./agent-registry.ts";
import { agentRoutes } from "./agent-routes.ts";
import { createAnswerChannel } from "./answer-channel.ts";
import { backendEnvironment } from "./environment.ts";
import { createEventStore } from "./event-store.ts";
import { createLiveAnswers } from "./live-answers.ts";

await runApplication({
  service: "backend",
  schema: backendEnvironment,
  build({ environment, server, initialisation }) {
    const { DATABASE_URL, REDIS_URL, CLICKHOUSE_URL, AUTH_URL, PORT, READY_AFTER } = environment;
    const postgres = createPostgres(DATABASE_URL, server.log);
    const redis = createRedis(REDIS_URL, server.log);
    const events = createEventStore(CLICKHOUSE_URL);
    const tokens = createTokenVerifier(AUTH_URL);
    const agents = createAgentRegistry(postgres);
    const answers = createAnswerChannel(redis);
    const live = createLiveAnswers(server, tokens);
    let agentsLoaded = false;

    agentRoutes(server, { initialisation, tokens, agents, events, answers });

    return {
      checks: {
        database: postgres.check,
        redis: redis.check,
        clickhouse: events.check,
        auth: tokens.connect,
        async agents() {
          if (!agentsLoaded) throw new UnavailableError("agent registry not initialised yet");
          await agents.load();
          return { agents: agents.list().map(({ name }) => name) };
        },
        websocket: () => live.check(PORT),
      },
      initialisation: [
        { name: "connecting to PostgreSQL", run: postgres.check },
        { name: "connecting to Redis", run: redis.check },
        { name: "preparing ClickHouse", run: events.prepare },
        { name: "reading the keys of auth", run: tokens.connect },
        warmUp(READY_AFTER),
        {
          name: "loading agents",
          run: async () => {
            await agents.load();
            agentsLoaded = true;
          },
        },
        {
          name: "opening the websocket",
          run: async () => {
            await answers.subscribe(live.publish);
            live.open();
          },
        },
      ],
      async close() {
        live.close();
        answers.close();
        redis.close();
        await Promise.all([postgres.close(), events.close()]);
      },
    };
  },
});
