import { createConnection } from "mysql2/promise";
import { setting } from "./answer.ts";

const database = await createConnection(setting("DATABASE_URL"));
await database.query(
  `CREATE TABLE IF NOT EXISTS orders (
     id INT AUTO_INCREMENT PRIMARY KEY,
     item VARCHAR(100) NOT NULL,
     quantity INT NOT NULL,
     invoice VARCHAR(200))`,
);
await database.end();
console.log("migrated");
