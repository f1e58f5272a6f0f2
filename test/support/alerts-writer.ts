/**
 * A program of its own, `node test/support/alerts-writer.ts FILE`: raises alerts without end, which no sink takes, and prints the
 * number of each once it has been queued. It is meant to be killed.
 */
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { systemClock } from "../../lib/core/clock.ts";
import { alertsObserver } from "../../lib/coordinator/observers/alerts/alerts-observer.ts";
import { openDatabase } from "../../lib/history/open-database.ts";
import { incident } from "./transitions.ts";

const [file = ""] = process.argv.slice(2);
const { database, setAside } = openDatabase(file);
const observer = alertsObserver({
  database: { file, database, setAside },
  ...{ clock: systemClock, wallMs: Date.now, random: Math.random, newId: randomUUID },
  fetch: () => new Promise(() => undefined),
  log: () => undefined,
  redact: (text) => text,
});
const sinks = { hangs: { kind: "slack", url: "http://hangs.invalid" } } as const;
observer.configure({ alerting: { after: "0s", repeat: "4h", sinks }, secrets: {}, stack: "dev" });
observer.resume({ incidents: [], standing: [], needs: () => [] });

const known = observer.alerts(0).open.map(({ service }) => Number(service?.slice("service".length)));
for (let n = Math.max(0, ...known) + 1; ; n++) {
  observer.incident?.(incident(n, `service${n}`, { openedMs: Date.now() }));
  // Without a buffer: what has been printed has been queued before.
  writeSync(1, `${n}\n`);
  if (n % 20 === 0) await systemClock.sleep(1);
}
