import { writeFile } from "node:fs/promises";
import pg from "pg";
import { setting } from "./answer.ts";

// The list of all pages, each night, in the folder that nginx serves.
const database = new pg.Client({ connectionString: setting("DATABASE_URL") });
await database.connect();
const { rows } = await database.query<{ name: string }>("SELECT name FROM pages ORDER BY name");
await writeFile("/srv/uploads/all-pages.txt", rows.map(({ name }) => `${name}\n`).join(""));
await database.end();
console.log("exported");
