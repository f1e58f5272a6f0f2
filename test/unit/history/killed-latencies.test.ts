import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../lib/history/open-database.ts";
import { storedHistory } from "../../../lib/history/stored-history.ts";
import { sumOf } from "../../../lib/history/stored-latencies.ts";
import { minuteMs, sinceMs } from "../../support/figure-facts.ts";
import { killedWriter } from "../../support/killed-writer.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const writer = new URL("../../support/latency-writer.ts", import.meta.url);

test("a coordinator that is killed at any moment leaves each minute whole, and in its hour once", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "history.db");
  const random = seededRandom(43);
  let lastCommitted = 0;
  for (let kill = 1; kill <= 10; kill++) {
    const committed = await killedWriter(writer, file, random() * 60);
    expect(committed, `kill ${kill}`).toBeGreaterThan(lastCommitted);
    lastCommitted = committed;

    const { database, setAside } = openDatabase(file);
    expect(setAside).toBeUndefined();
    const { figures, close } = storedHistory(database, () => undefined);
    for (const probe of ["ping0", "ping19"]) {
      const query = { service: "redis", probe, sinceMs, untilMs: sinceMs + (committed + 100) * minuteMs };
      const minutes = figures.latencies.minutes(query);
      expect(minutes.length, `kill ${kill}`).toBeGreaterThanOrEqual(committed);
      // A batch that had been written, and not said to be, is written again.
      for (const { passed } of minutes) expect([3, 6]).toContain(passed);
      const [whole, hours] = [sumOf(minutes), sumOf(figures.latencies.hours(query))];
      expect(hours).toEqual({ ...whole, fromMs: hours.fromMs });
      expect(figures.latencies.attempts(query)).toHaveLength(whole.passed);
    }
    close();
  }
}, 60_000);
