import { alignColumns } from "../lib/core/columns.ts";
import type { Machine } from "./machine.ts";
import type { ComposeRun } from "./measure-compose.ts";
import type { UpRun } from "./measure-up.ts";
import { median } from "./median.ts";

/** All that was measured. Times in milliseconds. */
export interface Measured {
  readonly machine: Machine;
  readonly pulumi: string;
  readonly declaration: string;
  readonly level: string;
  readonly runs: readonly UpRun[];
  readonly compose: { readonly version: string; readonly runs: readonly ComposeRun[] } | undefined;
}

/** The result as tables, for people. */
export function reportText(measured: Measured): string {
  return [
    machineText(measured),
    aimsTable(measured.runs),
    timelineTable(measured.runs),
    comparisonTable(measured),
    trustText(measured),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function machineText({ machine, pulumi, declaration, level, runs }: Measured): string {
  const { processors, model, memoryGib, kernel, engine, node } = machine;
  return [
    `${processors} processors (${model}), ${memoryGib} GiB, Linux ${kernel}, engine ${engine}, Node.js ${node}, Pulumi ${pulumi}`,
    `${declaration} at level ${level}; median (least to most) of ${runs.length} runs`,
  ].join("\n");
}

function aimsTable(runs: readonly UpRun[]): string {
  const over = runs.map(({ upMs, path }) => upMs - path.totalMs);
  const aim = median(runs.map(({ path }) => 1.1 * path.totalMs + 6000));
  const edges = runs.flatMap(({ path }) => path.phases.flatMap(({ afterReadyMs }) => afterReadyMs ?? []));
  const noChange = runs.flatMap(({ noChangeMs }) => noChangeMs);
  const empty = runs.flatMap(({ emptyMs }) => emptyMs);
  const extra = median(noChange) - median(empty);
  return alignColumns([
    ["", "measured", "aim", ""],
    [
      "up from nothing",
      spread(runs.map(({ upMs }) => upMs)),
      `at most ${seconds(aim)}`,
      verdict(median(runs.map(({ upMs }) => upMs)) <= aim),
    ],
    ["  critical path", spread(runs.map(({ path }) => path.totalMs)), "", ""],
    ["  over the critical path", spread(over), "", ""],
    ["ready to next create", spread(edges), "at most 0.20 s", verdict(median(edges) <= 200)],
    [
      "up without a change",
      spread(noChange),
      `at most ${seconds(median(empty) + 1000)}`,
      verdict(extra <= 1000),
    ],
    ["  an empty program's", spread(empty), "", ""],
    ["preview without a change", spread(runs.flatMap(({ previewMs }) => previewMs)), "", ""],
  ]);
}

function timelineTable(runs: readonly UpRun[]): string {
  const rows: (readonly [string, readonly number[]])[] = [
    ["start to the coordinator's container", runs.map(({ coordinatorCreatedMs }) => coordinatorCreatedMs)],
    ["start to the first service's container", runs.map(({ firstCreatedMs }) => firstCreatedMs)],
  ];
  for (const { phase } of runs[0]?.path.phases ?? []) {
    const times = runs.flatMap(({ path }) => path.phases.filter((one) => one.phase === phase));
    const edges = times.flatMap(({ afterReadyMs }) => afterReadyMs ?? []);
    if (edges.length > 0) rows.push([`ready to the first container of ${phase}`, edges]);
    rows.push([`${phase}: ${times[0]?.slowest ?? ""}, create to ready`, times.map(({ ownMs }) => ownMs)]);
  }
  rows.push(["last ready to the end", runs.map(({ afterLastReadyMs }) => afterLastReadyMs)]);
  return alignColumns([
    ["where the time of up goes", ""],
    ...rows.map(([name, times]) => [name, spread(times)]),
  ]);
}

function comparisonTable({ runs, compose }: Measured): string {
  if (compose === undefined) return "docker compose is not installed: no comparison";
  const intervals = [...new Set(compose.runs.map(({ interval }) => interval))];
  return alignColumns([
    ["the same containers", "truly ready", "command ends", "without a change"],
    [
      "phasegate",
      spread(runs.map(({ trulyReadyMs }) => trulyReadyMs)),
      spread(runs.map(({ upMs }) => upMs)),
      spread(runs.flatMap(({ noChangeMs }) => noChangeMs)),
    ],
    ...intervals.map((interval) => {
      const own = compose.runs.filter((run) => run.interval === interval);
      return [
        `compose ${compose.version}, health checks every ${interval}`,
        spread(own.map(({ trulyReadyMs }) => trulyReadyMs)),
        spread(own.map(({ upMs }) => upMs)),
        spread(own.flatMap(({ noChangeMs }) => noChangeMs)),
      ];
    }),
  ]);
}

/** What a reader must know before believing the figures. */
function trustText({ runs, compose }: Measured): string {
  const busy = [...runs, ...(compose?.runs ?? [])].map(({ busyBefore }) => busyBefore);
  const most = Math.round(100 * Math.max(...busy));
  const images = new Set(runs.map((run) => JSON.stringify(run.images)));
  return [
    `Before the runs from nothing the machine was at most ${most} % busy.`,
    ...(images.size > 1
      ? ["The images changed between the runs: an image was built while it was measured."]
      : []),
  ].join("\n");
}

function spread(times: readonly number[]): string {
  if (times.length === 0) return "";
  return `${seconds(median(times))} (${seconds(Math.min(...times))} to ${seconds(Math.max(...times))})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

const verdict = (reached: boolean) => (reached ? "reached" : "missed");
