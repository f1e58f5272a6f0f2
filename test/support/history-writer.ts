/**
 * A program of its own, `node test/support/history-writer.ts FILE`: writes starts, good starts and verdicts to a
 * history without end, and prints the number of each once it has been committed. It is meant to be killed.
 */
import { writeSync } from "node:fs";
import { openDatabase } from "../../lib/history/open-database.ts";
import { storedHistory } from "../../lib/history/stored-history.ts";
import { gateRecord, startRecord } from "./records.ts";

const [file = ""] = process.argv.slice(2);
const { database, setAside } = openDatabase(file);
if (setAside !== undefined) throw new Error(`the history was damaged and is now ${setAside.file}`);
const history = storedHistory(
  database,
  (event, fields) => {
    throw new Error(`${event} ${JSON.stringify(fields)}`);
  },
  (work) => work(),
);

const { records } = history.starts({ last: 1 });
for (let n = (records[0]?.status.readyAfterMs ?? 0) + 1; ; n++) {
  const keep = history.start();
  keep(startRecord(`service${n % 3}`, n, { outcome: "under-way" }));
  // So long that a record is several pages of the file.
  keep(
    startRecord(`service${n % 3}`, n, {
      exits: [{ atMs: n, code: 1, outOfMemory: false, startError: String(n).repeat(2000) }],
    }),
  );
  history.verdict(gateRecord("infrastructure", n % 2 === 0, { atMs: n }));
  // Without a buffer: what has been printed has been committed before.
  writeSync(1, `${n}\n`);
}
