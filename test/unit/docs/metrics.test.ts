import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { instruments } from "../../../lib/coordinator/observers/metrics/instruments.ts";

const text = readFileSync("docs/metrics.md", "utf8");

/** The cells of the rows of tables that begin with a name in backticks. */
function rows(begin: RegExp): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => begin.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const unquoted = (cell = "") => cell.replaceAll("`", "");

test("docs/metrics.md lists every metric, with its type and labels, and no other", async () => {
  const { registry } = instruments({
    ...{ startedMs: 0, historyProblem: () => undefined, stack: "shop-dev" },
    info: { declaration: "shop", environment: "development" },
  });
  const own = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith("phasegate_"));
  const known = own.map(({ name, type }) => {
    const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: string[] };
    return [name, String(type), labelNames.join(", ")];
  });
  const listed = rows(/^\| `phasegate_/).map(([name, type, labels]) => [
    unquoted(name),
    type,
    unquoted(labels),
  ]);
  expect(listed.toSorted()).toEqual(known.toSorted());
});

test("docs/metrics.md lists every alert with its severity", () => {
  const { groups } = parse(readFileSync("ops/prometheus/phasegate.rules.yml", "utf8")) as {
    groups: { rules: { alert?: string; labels?: { severity: string } }[] }[];
  };
  const alerts = groups.flatMap(({ rules }) =>
    rules.flatMap(({ alert, labels }) => (alert === undefined ? [] : [[alert, labels?.severity]])),
  );
  const listed = rows(/^\| `Phasegate/).map(([name, , severity]) => [unquoted(name), severity]);
  expect(listed).toEqual(alerts);
});

test("the files that docs/metrics.md speaks of are there", () => {
  const files = [...text.matchAll(/\]\(\.\.\/(ops\/[\w./-]+)\)/g)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(readFileSync(file, "utf8")).not.toBe("");
});
