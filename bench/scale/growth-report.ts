import { markdownTable, seconds, times } from "../comparison.ts";
import { median } from "../median.ts";
import type { Setting } from "../setting.ts";
import { settingText } from "../setting.ts";
import type { SizeCost } from "./growth.ts";

/** All that `npm run bench -- scale` measures. */
export interface GrowthMeasured {
  readonly setting: Setting;
  /** How often what can be repeated was measured. */
  readonly runs: number;
  readonly sizes: readonly SizeCost[];
}

interface Column {
  readonly title: string;
  readonly of: (size: SizeCost) => number;
  /** Whether a service is to cost as much in a large system as in a small one. */
  readonly isAim: boolean;
}

/** A service more may cost so many times as much in the largest system. */
const mostGrowth = 1.2;

const columns: readonly Column[] = [
  { title: "preview of nothing", of: ({ previewMs }) => median(previewMs), isAim: true },
  {
    title: "preview without a change",
    of: ({ up }) => median(up?.previewNoChangeMs ?? []),
    isAim: true,
  },
  { title: "`up` without a change", of: ({ up }) => median(up?.upNoChangeMs ?? []), isAim: true },
  { title: "`up` from nothing", of: ({ up }) => up?.fromNothingMs ?? NaN, isAim: false },
];

/** The tables, as they stand in docs/benchmarks.md. */
export function growthReport({ setting, runs, sizes }: GrowthMeasured): string {
  return [
    `Medians of ${runs === 1 ? "one run" : `${runs} runs`}; \`up\` from nothing once.`,
    settingText(setting),
    "",
    markdownTable([
      ["services", "phases", ...columns.map(({ title }) => title), "Pulumi's state", "coordinator's memory"],
      ...sizes.map((size) => [
        String(size.services),
        String(size.phases),
        ...columns.map(({ of }) => known(of(size), seconds)),
        known(size.up?.stateBytes, mebibytes),
        known(size.up?.coordinatorBytes, mebibytes),
      ]),
    ]),
    ...(sizes.length < 2 ? [] : ["", markdownTable(furtherServices(sizes))]),
  ].join("\n");
}

/** What a service more costs, from each size to the next, and whether that grows. */
function furtherServices(sizes: readonly SizeCost[]): readonly (readonly string[])[] {
  const costs = columns.map(({ of }) =>
    sizes.slice(1).map((size, at) => {
      const before = sizes[at] ?? size;
      return (of(size) - of(before)) / (size.services - before.services);
    }),
  );
  const rows = sizes
    .slice(1)
    .map(({ services }, at) => [
      `from ${sizes[at]?.services} to ${services}`,
      ...costs.map((each) => known(each[at], (ms) => `${ms.toFixed(0)} ms`)),
    ]);
  const growth = columns.map(({ isAim }, i) => {
    const [first = NaN] = costs[i] ?? [];
    const ratio = (costs[i]?.at(-1) ?? NaN) / first;
    if (!isAim) return known(ratio, times);
    return known(ratio, (figure) => `${times(figure)}, ${figure <= mostGrowth ? "reached" : "missed"}`);
  });
  return [
    ["a service more", ...columns.map(({ title }) => title)],
    ...rows,
    // Of one pair of sizes there is nothing to compare.
    ...(rows.length < 2 ? [] : [[`last over first, aim ≤ ${times(mostGrowth)}`, ...growth]]),
  ];
}

function known(figure: number | undefined, write: (figure: number) => string): string {
  return figure === undefined || !Number.isFinite(figure) ? "" : write(figure);
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
