import { join } from "node:path";
import { expect, test } from "vitest";
import { usableDatabase } from "../../../../../lib/history/usable-database.ts";
import { alertingBench } from "../../../../support/alerting-bench.ts";
import { eventually } from "../../../../support/eventually.ts";
import { fakeClock } from "../../../../support/fake-clock.ts";
import { killedWriter } from "../../../../support/killed-writer.ts";
import { seededRandom } from "../../../../support/seeded-random.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";

const writer = new URL("../../../../support/alerts-writer.ts", import.meta.url);

test("what a coordinator that was killed at any moment had queued is delivered, each once", async () => {
  const random = seededRandom(17);
  for (let kill = 1; kill <= 5; kill++) {
    using folder = temporaryFolder();
    const file = join(folder.path, "history.db");
    const queued = await killedWriter(writer, file, random() * 60);
    const delivered: string[] = [];
    const b = alertingBench({
      sinks: { hangs: { kind: "slack", url: "http://hangs.invalid" } },
      clock: fakeClock(Date.now()),
      database: () => usableDatabase(file, () => undefined),
      fetch: (_url, options) => {
        const { text } = JSON.parse(options?.body as string) as { readonly text: string };
        delivered.push(/service\d+/.exec(text)?.[0] ?? text);
        return Promise.resolve(new Response("ok"));
      },
    });
    expect(
      await eventually(async () => {
        await b.clock.advance(100);
        return b.observer().alerts(0).sinks[0]?.waiting === 0;
      }),
    ).toBe(true);
    const dropped = b.observer().alerts(0).sinks[0]?.dropped?.count ?? 0;
    const numbers = delivered.map((name) => Number(name.slice("service".length)));
    expect(new Set(numbers).size, "none twice").toBe(numbers.length);
    expect(numbers, "in order, and none is missing").toEqual(numbers.map((_, i) => dropped + 1 + i));
    expect(numbers.at(-1)).toBeGreaterThanOrEqual(queued);
    b.close();
  }
}, 60_000);
