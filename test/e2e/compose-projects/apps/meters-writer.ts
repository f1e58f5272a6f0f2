import pg from "pg";
import { setting } from "./answer.ts";
import { brokerChannel, work } from "./broker.ts";

// Writes readings into PostgreSQL.
const database = new pg.Pool({ connectionString: setting("DATABASE_URL"), max: 2 });
database.on("error", (error) => console.error(error.message));
const broker = await brokerChannel("readings");
await work(broker, "readings", async (message) => {
  const { meter, value } = message as { readonly meter: string; readonly value: number };
  await database.query("INSERT INTO readings (meter, value) VALUES ($1, $2)", [meter, value]);
});
console.log("writes readings");
process.on("SIGTERM", () => process.exit(0));
