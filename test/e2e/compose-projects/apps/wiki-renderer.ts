import { writeFile } from "node:fs/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { setting } from "./answer.ts";

// Writes pages that were saved into the folder that nginx serves.
const database = new pg.Pool({ connectionString: setting("DATABASE_URL"), max: 2 });
database.on("error", (error) => console.error(error.message));
const queue = new Redis(setting("REDIS_URL"));
queue.on("error", (error: Error) => console.error(error.message));
process.on("SIGTERM", () => process.exit(0));

console.log("renders");
for (;;) {
  const [, name = ""] = (await queue.blpop("render", 0)) ?? [];
  const { rows } = await database.query<{ text: string }>("SELECT text FROM pages WHERE name = $1", [name]);
  if (rows[0]) await writeFile(`/srv/uploads/${name}.html`, `<h1>${name}</h1>\n<p>${rows[0].text}</p>\n`);
}
