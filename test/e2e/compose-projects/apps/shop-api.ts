import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { createPool, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import { Answer, listen, setting } from "./answer.ts";
import { brokerChannel, send } from "./broker.ts";
import { count } from "./count.ts";

// Takes orders: a row in MariaDB, a message to the worker, a number in Redis.
const database = createPool({ uri: setting("DATABASE_URL"), connectionLimit: 4 });
const cache = new Redis(setting("REDIS_URL"), { lazyConnect: true, maxRetriesPerRequest: 1 });
cache.on("error", (error: Error) => console.error(error.message));
const broker = await brokerChannel("invoices");
const adminToken = readFileSync(setting("ADMIN_TOKEN_FILE"), "utf8").trim();

listen({
  "GET /health": async () => {
    await database.query("SELECT 1 FROM orders LIMIT 1");
    await cache.ping();
    return { ready: true };
  },
  "POST /orders": async ({ body }) => {
    const { item, quantity } = body as { readonly item: string; readonly quantity: number };
    const [{ insertId }] = await database.execute<ResultSetHeader>(
      "INSERT INTO orders (item, quantity) VALUES (?, ?)",
      [item, quantity],
    );
    send(broker, "invoices", { id: insertId });
    count("orders.placed");
    return { id: insertId, ofToday: await cache.incr("orders:today") };
  },
  "GET /orders/:id": async ({ params: [id = ""] }) => {
    const [[order]] = await database.execute<RowDataPacket[]>(
      "SELECT item, quantity, invoice FROM orders WHERE id = ?",
      [id],
    );
    if (!order) throw new Answer(404, "there is no such order");
    return order;
  },
  "POST /admin/orders/:id/cancel": async ({ params: [id = ""], body }) => {
    if ((body as { readonly token?: string }).token !== adminToken) throw new Answer(403, "not for you");
    await database.execute("DELETE FROM orders WHERE id = ?", [id]);
    return { cancelled: Number(id) };
  },
});
