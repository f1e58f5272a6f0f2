import { Redis } from "ioredis";
import pg from "pg";
import { listen, setting } from "./answer.ts";

// Answers what meters have read.
const database = new pg.Pool({ connectionString: setting("DATABASE_URL"), max: 4 });
database.on("error", (error) => console.error(error.message));
const cache = new Redis(setting("REDIS_URL"), { maxRetriesPerRequest: 1 });
cache.on("error", (error: Error) => console.error(error.message));

listen({
  "GET /health": async () => {
    await database.query("SELECT 1 FROM readings LIMIT 1");
    await cache.ping();
    return { ready: true };
  },
  "GET /meters/:meter": async ({ params: [meter = ""] }) => {
    const { rows } = await database.query<{ readings: number; last: number | null }>(
      `SELECT count(*)::int AS readings, (array_agg(value ORDER BY id DESC))[1] AS last
       FROM readings WHERE meter = $1`,
      [meter],
    );
    return { meter, ...rows[0], asked: await cache.incr(`asked:${meter}`) };
  },
});
