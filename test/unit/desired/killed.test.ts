import { join } from "node:path";
import { expect, test } from "vitest";
import { openHistory } from "../../../lib/history/open-history.ts";
import { usableDatabase } from "../../../lib/history/usable-database.ts";
import { desiredIn } from "../../support/desired-database.ts";
import { intentOf, secretOf, services } from "../../support/intents.ts";
import { killedWriter } from "../../support/killed-writer.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const writer = new URL("../../support/desired-writer.ts", import.meta.url);

test("after a kill at any moment, the intent that was kept before acting is there, and whole", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "history.db");
  const random = seededRandom(7);
  let last = 0;
  for (let kill = 1; kill <= 25; kill++) {
    const acted = await killedWriter(writer, file, random() * 40);
    expect(acted, `kill ${kill}`).toBeGreaterThan(last);

    const opened = usableDatabase(file, (event) => {
      throw new Error(event);
    });
    const store = desiredIn(opened);
    const kept = store.load();
    const intents = kept.map(({ record }) => intentOf(record)).sort((a, b) => b - a);
    const [newest = 0] = intents;
    // One that was kept, and had not been acted on.
    expect([acted, acted + 1], `kill ${kill}`).toContain(newest);
    expect(intents, "each service has its last").toEqual(services.slice(0, newest).map((_, i) => newest - i));
    for (const { service, record, secrets } of kept) {
      expect(service).toBe(services[intentOf(record) % services.length]);
      expect(secrets).toEqual({ password: secretOf(intentOf(record)) });
    }
    expect(store.problems()).toEqual([]);
    expect(store.fact("lastAliveMs") ?? 0).toBeGreaterThanOrEqual(newest);

    // The history is written after the turn: it may lack what the last one did.
    const history = openHistory(opened, () => undefined);
    const { records } = history.transitions({ last: 20_000 });
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, i) => records.length - i));
    expect(history.lastNumbers.transition).toBe(records.length);
    history.close();
    last = newest;
  }
}, 120_000);
