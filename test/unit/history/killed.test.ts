import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../lib/history/open-database.ts";
import { storedHistory } from "../../../lib/history/stored-history.ts";
import { killedWriter } from "../../support/killed-writer.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const writer = new URL("../../support/history-writer.ts", import.meta.url);

test("a coordinator that is killed at any moment leaves a sound history, with everything that it had committed", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "history.db");
  const random = seededRandom(41);
  let lastCommitted = 0;
  for (let kill = 1; kill <= 25; kill++) {
    const committed = await killedWriter(writer, file, random() * 40);
    expect(committed, `kill ${kill}`).toBeGreaterThan(lastCommitted);
    lastCommitted = committed;

    const { database, setAside } = openDatabase(file);
    expect(setAside).toBeUndefined();
    expect(database.prepare("PRAGMA integrity_check").all()).toMatchObject([{ integrity_check: "ok" }]);
    const history = storedHistory(database, () => undefined);
    const { records } = history.starts({ last: 200 });
    const numbers = records.map(({ status }) => status.readyAfterMs ?? 0);
    expect(numbers[0] ?? 0, `kill ${kill}`).toBeGreaterThanOrEqual(committed);
    for (const { status, exits, outcome } of records) {
      const n = status.readyAfterMs ?? 0;
      expect(status.service).toBe(`service${n % 3}`);
      if (outcome === "ready") expect(exits).toMatchObject([{ atMs: n, startError: String(n).repeat(2000) }]);
      // Killed between its two writes.
      else expect([outcome, exits]).toEqual(["broken-off", []]);
    }
    expect(numbers, "none is missing").toEqual(numbers.map((_, i) => (numbers[0] ?? 0) - i));
    const newest = Math.max(
      history.closedGates({ last: 1 }).records[0]?.atMs ?? 0,
      history.lastOpenedMs("infrastructure") ?? 0,
    );
    expect(newest, `kill ${kill}`).toBeGreaterThanOrEqual(committed);
    history.close();
  }
}, 120_000);
