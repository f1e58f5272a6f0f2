import { writeFile } from "node:fs/promises";
import { createPool, type RowDataPacket } from "mysql2/promise";
import { setting } from "./answer.ts";
import { brokerChannel, work } from "./broker.ts";
import { count } from "./count.ts";

// Writes the invoices of orders into the folder that nginx serves.
const database = createPool({ uri: setting("DATABASE_URL"), connectionLimit: 2 });
const broker = await brokerChannel("invoices");

await work(broker, "invoices", async (message) => {
  const { id } = message as { readonly id: number };
  const [[order]] = await database.execute<RowDataPacket[]>(
    "SELECT item, quantity FROM orders WHERE id = ?",
    [id],
  );
  if (!order) return;
  const name = `invoice-${id}.txt`;
  await writeFile(`/srv/uploads/${name}`, `${order["quantity"]} x ${order["item"]}\n`);
  await database.execute("UPDATE orders SET invoice = ? WHERE id = ?", [`/uploads/${name}`, id]);
  count("invoices.written");
});
console.log("takes invoices");
process.on("SIGTERM", () => process.exit(0));
