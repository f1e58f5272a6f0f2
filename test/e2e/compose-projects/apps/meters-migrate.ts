import pg from "pg";
import { setting } from "./answer.ts";

const database = new pg.Client({ connectionString: setting("DATABASE_URL") });
await database.connect();
await database.query(
  "CREATE TABLE IF NOT EXISTS readings (id serial PRIMARY KEY, meter text NOT NULL, value float NOT NULL)",
);
await database.end();
console.log("migrated");
