import { markdownTable } from "./comparison.ts";
import type { CoordinatorCost } from "./coordinator-cost.ts";

/** What coordinators cost, as a Markdown table: a column for each size. */
export function coordinatorTable(costs: readonly CoordinatorCost[]): string {
  const rows: readonly (readonly [string, (cost: CoordinatorCost) => string])[] = [
    ["probes", ({ probes }) => String(probes)],
    [
      "resident memory (at most)",
      ({ steady }) => `${mebibytes(steady.rssBytes)} (${mebibytes(steady.peakRssBytes)})`,
    ],
    ["– heap in use", ({ steady }) => mebibytes(steady.heapBytes)],
    ["of one processor", ({ steady }) => `${(100 * steady.cpuShare).toFixed(1)} %`],
    ["longest wait for an answer", ({ steady }) => milliseconds(steady.longestAnswerMs)],
    ["first start, all gates opened", ({ firstStart }) => seconds(firstStart.tookMs)],
    ["– processor", ({ firstStart }) => seconds(firstStart.cpuMs)],
    ["crash: who depends on it", ({ failures }) => (failures ? String(failures.cascade.dependents) : "")],
    [
      "– until each is known to be impaired",
      ({ failures }) => (failures ? milliseconds(failures.cascade.knownMs) : ""),
    ],
    [
      "– ready to the next order",
      ({ failures }) => (failures ? milliseconds(failures.cascade.decidedMs) : ""),
    ],
    ["– until all are ready", ({ failures }) => (failures ? seconds(failures.cascade.tookMs) : "")],
    ["coordinator started again", ({ failures }) => (failures ? seconds(failures.startedAgain.tookMs) : "")],
    ["– processor", ({ failures }) => (failures ? seconds(failures.startedAgain.cpuMs) : "")],
    [
      "machine started again, all ready",
      ({ failures }) => (failures ? seconds(failures.rebooted.tookMs) : ""),
    ],
    ["– processor", ({ failures }) => (failures ? seconds(failures.rebooted.cpuMs) : "")],
  ];
  return markdownTable([
    ["services", ...costs.map(({ services }) => String(services))],
    ...rows.map(([name, figure]) => [name, ...costs.map(figure)]),
  ]);
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
const milliseconds = (ms: number) => `${Math.round(ms)} ms`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
