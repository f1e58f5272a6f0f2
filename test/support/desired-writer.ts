/**
 * A program of its own, `node test/support/desired-writer.ts FILE`: keeps one intent after the other, prints the
 * number of each before it would act on it, and writes to the history beside that, without end. It is meant to be killed.
 */
import { writeSync } from "node:fs";
import { openDesired } from "../../lib/desired/open-desired.ts";
import { openHistory } from "../../lib/history/open-history.ts";
import { usableDatabase } from "../../lib/history/usable-database.ts";
import { intent, intentOf, secretOf, services } from "./intents.ts";
import { sealKey } from "./desired-database.ts";
import { startRecord } from "./records.ts";
import { transition } from "./transitions.ts";

const [file = ""] = process.argv.slice(2);
const say = (event: string, fields?: object) => {
  throw new Error(`${event} ${JSON.stringify(fields)}`);
};
const opened = usableDatabase(file, say);
const history = openHistory(opened, say);
const desired = openDesired(opened, { key: sealKey, stack: "dev", say });

let n = Math.max(0, ...desired.load().map(({ record }) => intentOf(record)));
let seq = history.lastNumbers.transition;

/** One turn, after which the history is written. */
function act(): void {
  for (let i = 0; i < 5; i++) {
    n++;
    const service = services[n % services.length] ?? "";
    desired.setFact("lastAliveMs", n);
    desired.keep(service, intent(n), { password: secretOf(n) });
    // Without a buffer: what has been printed has been kept before.
    writeSync(1, `${n}\n`);
    history.transition(transition(++seq, service));
    history.start()(startRecord(service, n));
  }
  setImmediate(act);
}
act();
