import { percentile } from "../../lib/core/percentile.ts";
import type { Machine } from "../machine.ts";
import { median } from "../median.ts";
import type { ShapeRun } from "./run.ts";
import type { ShapeName } from "./shapes.ts";

/** All that `npm run bench -- chain` and its like measure. Times in milliseconds. */
export interface ShapeMeasured {
  readonly shape: ShapeName;
  readonly lateMs: number;
  readonly interval: string;
  readonly machine: Machine;
  readonly pulumi: string;
  /** How busy the machine was before the first run, 0 to 1. */
  readonly busyBefore: number;
  readonly floorMs: readonly number[];
  readonly phasegate: readonly ShapeRun[];
  readonly compose: { readonly version: string; readonly runs: readonly ShapeRun[] } | undefined;
}

/** The tables, as they stand in docs/benchmarks.md. */
export function shapeReport(measured: ShapeMeasured): string {
  const { shape, lateMs, interval, machine, pulumi, busyBefore, floorMs, phasegate, compose } = measured;
  const floor = median(floorMs);
  const rows: readonly (readonly [string, (run: ShapeRun) => readonly number[]])[] = [
    ["the whole command, from nothing", ({ commandMs }) => [commandMs]],
    ["first container created to last ready", ({ startMs }) => [startMs]],
    ["the command without a change", ({ noChangeMs }) => [noChangeMs]],
  ];
  const lines = rows.flatMap(([title, of]) => {
    const own = phasegate.flatMap(of);
    if (own.length === 0) return [];
    const rival = compose?.runs.flatMap(of) ?? [];
    return [[title, spread(own), spread(rival), ratio(median(own), median(rival))]];
  });
  const lags = phasegate.flatMap(({ lagsMs }) => lagsMs);
  const overFloor = (runs: readonly ShapeRun[]) => ratio(median(runs.map(({ startMs }) => startMs)), floor);
  return [
    `\`${shape}\`: each service is ready ${lateMs} ms after its start. ${phasegate.length} runs of each in turn, medians (95th percentile).`,
    `${machine.processors} processors (${machine.model}), ${machine.memoryGib} GiB, Linux ${machine.kernel}, engine ${machine.engine}, Node.js ${machine.node}, Pulumi ${pulumi}${compose ? `, Compose ${compose.version} with health checks every ${interval}` : ""}; ${Math.round(busyBefore * 100)} % busy before.`,
    "",
    ...table([
      ["", "phasegate", compose ? `compose ${compose.version}` : "compose (not installed)", "ratio"],
      ...lines,
      // Compose creates all containers before it starts the first: nothing of it waits for readiness.
      ...(lags.length > 0 ? [["ready to the next container created", spread(lags), "", ""]] : []),
      [
        `first created to last ready, over the floor of ${seconds(floor)}`,
        overFloor(phasegate),
        compose ? overFloor(compose.runs) : "",
        "",
      ],
    ]),
  ].join("\n");
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function spread(times: readonly number[]): string {
  return times.length === 0 ? "" : `${seconds(median(times))} (${seconds(percentile(times, 95))})`;
}

function ratio(own: number, rival: number): string {
  return Number.isFinite(own / rival) ? (own / rival).toFixed(2) : "";
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
