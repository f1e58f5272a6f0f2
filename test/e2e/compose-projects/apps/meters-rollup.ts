import { writeFile } from "node:fs/promises";
import pg from "pg";
import { setting } from "./answer.ts";

// The average of each meter, each night, as a file that nginx serves.
const database = new pg.Client({ connectionString: setting("DATABASE_URL") });
await database.connect();
const { rows } = await database.query<{ meter: string; average: number }>(
  "SELECT meter, avg(value) AS average FROM readings GROUP BY meter ORDER BY meter",
);
await writeFile("/srv/exports/averages.csv", rows.map((row) => `${row.meter},${row.average}\n`).join(""));
await database.end();
console.log("rolled up");
