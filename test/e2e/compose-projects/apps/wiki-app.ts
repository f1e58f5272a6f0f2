import { Redis } from "ioredis";
import pg from "pg";
import { Answer, listen, setting } from "./answer.ts";
import { count } from "./count.ts";
import { cached, forget } from "./memcached.ts";

// Keeps pages in the managed database, and has them rendered by the renderer.
const database = new pg.Pool({ connectionString: setting("DATABASE_URL"), max: 4 });
database.on("error", (error) => console.error(error.message));
const queue = new Redis(setting("REDIS_URL"), { maxRetriesPerRequest: 1 });
queue.on("error", (error: Error) => console.error(error.message));

listen({
  "GET /health": async () => {
    await database.query("SELECT 1 FROM pages LIMIT 1");
    await cached("health", () => Promise.resolve("ok"));
    await queue.ping();
    return { ready: true };
  },
  "POST /pages/:name": async ({ params: [name = ""], body }) => {
    const { text } = body as { readonly text: string };
    await database.query(
      "INSERT INTO pages (name, text) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET text = $2",
      [name, text],
    );
    await forget(`page:${name}`);
    await queue.rpush("render", name);
    count("pages.saved");
    return { saved: name };
  },
  "GET /pages/:name": async ({ params: [name = ""] }) => {
    const text = await cached(`page:${name}`, async () => {
      const { rows } = await database.query<{ text: string }>("SELECT text FROM pages WHERE name = $1", [
        name,
      ]);
      if (!rows[0]) throw new Answer(404, "there is no such page");
      return rows[0].text;
    });
    return { name, text };
  },
});
