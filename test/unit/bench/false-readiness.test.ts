import { describe, expect, test } from "vitest";
import { composeSystems } from "../../../bench/false-readiness/compose.ts";
import { firstCallIn, isFalseStart, worksSince } from "../../../bench/false-readiness/judge.ts";
import type { PairStart } from "../../../bench/false-readiness/judge.ts";
import { falseReadinessReport } from "../../../bench/false-readiness/report.ts";
import {
  clientOf,
  drawOf,
  falseReadinessPlan,
  initialised,
  systemNames,
} from "../../../bench/false-readiness/systems.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const ready = "LOG:  database system is ready to accept connections";
const database = [
  `2026-11-26T17:00:01.500Z 2026-11-26 17:00:01.499 UTC [40] ${ready}`,
  "2026-11-26T17:00:02.000Z SELECT 10",
  `2026-11-26T17:00:02.100Z ${initialised}`,
  "2026-11-26T17:00:02.200Z 2026-11-26 17:00:02.199 UTC [40] LOG:  received fast shutdown request",
  `2026-11-26T17:00:02.750000000Z 2026-11-26 17:00:02.749 UTC [7] ${ready}`,
];

describe("since when a service works", () => {
  test("a database does when the server is ready that comes after its scripts", () => {
    expect(worksSince(database)).toBe(Date.parse("2026-11-26T17:00:02.750Z"));
  });

  test.for([0, 1, 3, 4])("of a database nothing is known after %i of its lines", (count) => {
    expect(worksSince(database.slice(0, count))).toBeUndefined();
  });

  test("a database that has no scripts to run says nothing: what is measured has some", () => {
    expect(worksSince(database.slice(4))).toBeUndefined();
  });

  test("an HTTP service says it itself", () => {
    expect(worksSince(['2026-11-26T17:00:03Z {"worksSinceMs":1234}'])).toBe(1234);
    expect(worksSince(["2026-11-26T17:00:03Z {not JSON", "2026-11-26T17:00:03Z"])).toBeUndefined();
  });
});

test("the first call is what a client has written of it, whatever else it writes", () => {
  const lines = [
    "2026-11-26T17:00:03Z {}",
    '2026-11-26T17:00:03Z {"calledMs":5,"worked":false,"problem":"x"}',
  ];
  expect(firstCallIn(lines)).toEqual({ calledMs: 5, worked: false, problem: "x" });
  expect(firstCallIn(lines.slice(0, 1))).toBeUndefined();
});

const pair = (begunMs: number, worked: boolean): PairStart => ({
  ...{ serviceCreatedMs: 0, worksSinceMs: 1000, begunMs },
  firstCall: { calledMs: begunMs, worked },
});

test.for([
  ["begun before the service worked", 999, true, true],
  ["begun before, and its call has failed", 999, false, true],
  ["begun when it worked, and its call has failed", 1000, false, true],
  ["begun when it worked", 1000, true, false],
] as const)("a client that is %s", ([, begunMs, worked, expected]) => {
  expect(isFalseStart(pair(begunMs, worked))).toBe(expected);
});

test("the report counts false starts and failed first calls apart", () => {
  const start = (begunMs: number, worked: boolean) => ({
    commandMs: 5000,
    pairs: {
      orders: pair(begunMs, worked),
      database: pair(1000, true),
      openDatabase: pair(1000, true),
    },
  });
  const machine = { processors: 2, model: "m", memoryGib: 1, kernel: "k", engine: "e", node: "n" };
  const report = falseReadinessReport({
    ...{ setting: { machine, pulumi: "p", compose: "2", busyBefore: 0 }, seed: 1 },
    contenders: [
      {
        ...{ name: "phasegate", minReady: "1s", health: undefined, failures: ["no\nluck"] },
        starts: [start(1200, true), start(1300, true)],
      },
      {
        ...{
          name: "compose",
          minReady: undefined,
          health: { checks: "plain", interval: "1s" },
          failures: [],
        },
        starts: [start(900, true), start(800, false), start(1200, true)],
      },
    ],
  });
  const [own, rival] = report
    .split("\n")
    .filter((line) => /^\| (phasegate|compose)/.test(line))
    .map((line) => line.replaceAll(/ +/g, " "));
  expect(own).toMatch(
    /^\| phasegate, minReady 1s \| 0 of 2 \| 0 \| reached \| 0 of 2 \| 0\.25 s \(0\.20 s to 0\.30 s\) /,
  );
  expect(rival).toMatch(/^\| compose, `GET \/health` every 1s \| 2 of 3 \| \| \| 1 of 3 \| -0\.10 s /);
  expect(report).toContain(
    "1 of 3 starts by phasegate, minReady 1s have not come up, and are not counted above; the last: no luck",
  );
});

test("without its minReady the last database has no aim", () => {
  const machine = { processors: 2, model: "m", memoryGib: 1, kernel: "k", engine: "e", node: "n" };
  const pairs = { orders: pair(1, true), database: pair(1000, true), openDatabase: pair(1, true) };
  const starts = [{ commandMs: 5000, pairs }];
  const report = falseReadinessReport({
    ...{ setting: { machine, pulumi: "p", compose: "2", busyBefore: 0 }, seed: 1 },
    contenders: (["1s", "0s"] as const).map((minReady) => ({
      ...{ name: "phasegate", minReady, health: undefined, starts, failures: [] },
    })),
  });
  const rows = report
    .split("\n")
    .filter((line) => line.startsWith("| phasegate"))
    .map((line) => line.replaceAll(/ +/g, " ").split(" | ").slice(0, 4).join(" | "));
  expect(rows.slice(0, 6)).toEqual([
    "| phasegate, minReady 1s | 1 of 1 | 0 | missed",
    "| phasegate, without minReady | 1 of 1 | 0 | missed",
    "| phasegate, minReady 1s | 0 of 1 | 0 | reached",
    "| phasegate, without minReady | 0 of 1 | 0 | reached",
    "| phasegate, minReady 1s | 1 of 1 | 0 | missed",
    "| phasegate, without minReady | 1 of 1 | | | 0 of 1",
  ]);
});

describe("what is started", () => {
  const draws = drawOf(seededRandom(1));

  test("is drawn within bounds, and is the same of the same seed", () => {
    expect(drawOf(seededRandom(1))).toEqual(draws);
    for (const drawn of Object.values(draws)) {
      expect(drawn).toBeGreaterThanOrEqual(500);
      expect(drawn).toBeLessThanOrEqual(2000);
    }
  });

  test("the last database must stay ready as long as is said, by phasegate alone", () => {
    const minReady = (variant: Parameters<typeof falseReadinessPlan>[2]) =>
      Object.entries(falseReadinessPlan(draws, "bench", variant).services).flatMap(([name, { readiness }]) =>
        readiness.minReady === undefined ? [] : [`${name} ${readiness.minReady}`],
      );
    expect(minReady({ minReady: "1s" })).toEqual(["openDatabase 1s"]);
    expect(minReady({ minReady: "0s" })).toEqual([]);
    expect(minReady({ checks: "plain" })).toEqual([]);
  });

  test("phasegate puts each client behind its service alone", () => {
    const { services, phases } = falseReadinessPlan(draws, "bench");
    for (const system of systemNames)
      expect(phases[services[clientOf(system)]?.phase ?? ""]?.dependsOn).toEqual([system]);
  });

  test.for(["plain", "business"] as const)("compose's clients wait for the %s health check", (checks) => {
    const images = { orders: "orders:1" };
    const files = composeSystems({ draws, checks, interval: "1s", images });
    const { services } = JSON.parse(files["compose.yaml"] ?? "") as {
      services: Record<string, { healthcheck?: { test: string[]; interval: string }; depends_on: object }>;
    };
    for (const system of systemNames) {
      expect(services[clientOf(system)]?.depends_on).toEqual({ [system]: { condition: "service_healthy" } });
      expect(services[system]?.healthcheck?.interval).toBe("1s");
    }
    const asked = checks === "plain" ? /GET \/health / : /GET \/orders /;
    expect(services["orders"]?.healthcheck?.test.join(" ")).toMatch(asked);
  });
});
