/**
 * A program of its own, `node test/support/latency-writer.ts FILE`: writes batches of attempts without end, each of another minute, and
 * prints how many batches have been committed. It is meant to be killed.
 */
import { writeSync } from "node:fs";
import { openDatabase } from "../../lib/history/open-database.ts";
import { storedHistory } from "../../lib/history/stored-history.ts";
import { minuteMs, sinceMs } from "./figure-facts.ts";

const [file = ""] = process.argv.slice(2);
const { database, setAside } = openDatabase(file);
if (setAside !== undefined) throw new Error(`the history was damaged and is now ${setAside.file}`);
const { figures } = storedHistory(
  database,
  (event, fields) => {
    throw new Error(`${event} ${JSON.stringify(fields)}`);
  },
  (work) => work(),
);

const { watched } = figures.facts({ sinceMs: 0, untilMs: sinceMs * 2 });
for (let n = (watched[0]?.untilMs ?? sinceMs) - sinceMs + 1; ; n++) {
  const atMs = sinceMs + n * minuteMs;
  const own = { service: "redis", kind: "tcp", status: "passed", atMs } as const;
  figures.attempts(
    Array.from({ length: 60 }, (_, i) => ({ ...own, probe: `ping${i % 20}`, tookMs: n % 97 })),
  );
  figures.watched({ sinceMs, untilMs: sinceMs + n });
  writeSync(1, `${n}\n`);
}
