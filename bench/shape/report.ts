import type { Aim, ComparisonRow } from "../comparison.ts";
import {
  comparisonTable,
  inTurnText,
  medianAtMost,
  p95AtMost,
  ratioAtMost,
  seconds,
  times,
} from "../comparison.ts";
import { withoutCompose } from "../compose.ts";
import { median } from "../median.ts";
import type { Setting } from "../setting.ts";
import { settingText } from "../setting.ts";
import type { ShapeRun } from "./run.ts";
import type { ShapeName } from "./shapes.ts";

/** All that `npm run bench -- chain` and its like measure. Times in milliseconds. */
export interface ShapeMeasured {
  readonly shape: ShapeName;
  readonly lateMs: number;
  /** Between compose's health checks. */
  readonly interval: string;
  readonly setting: Setting;
  readonly floorMs: readonly number[];
  readonly phasegate: readonly ShapeRun[];
  readonly compose: readonly ShapeRun[];
  /** Of a Pulumi program of the same containers and nothing else; of the chain only. */
  readonly bare: readonly ShapeRun[];
}

/** The tables, as they stand in docs/benchmarks.md. */
export function shapeReport(measured: ShapeMeasured): string {
  const { shape, lateMs, interval, setting, floorMs, phasegate, compose, bare } = measured;
  const floor = median(floorMs);
  const rivals = [
    ...(setting.compose === undefined ? [] : [{ name: `compose ${setting.compose}`, runs: compose }]),
    ...(bare.length === 0 ? [] : [{ name: "bare Pulumi", runs: bare }]),
  ];
  // The aims are the chain's: of the others one phase says how much the engine itself can do at once.
  const aimed = (aim: Aim) => (shape === "chain" ? { aim } : {});
  const aimedBesideCompose = (most: number) =>
    setting.compose === undefined ? {} : aimed(ratioAtMost(most));
  const row = (of: (run: ShapeRun) => readonly number[]) => ({
    own: phasegate.flatMap(of),
    rivals: rivals.map(({ runs }) => runs.flatMap(of)),
  });
  const rows: readonly ComparisonRow[] = [
    {
      title: "whole command, from nothing",
      ...row(({ commandMs }) => [commandMs]),
      ...aimedBesideCompose(0.8),
    },
    {
      title: "first container created to last ready",
      ...row(({ startMs }) => [startMs]),
      ...aimedBesideCompose(0.65),
    },
    {
      title: `same, times the floor of ${seconds(floor)}`,
      ...row(({ startMs }) => [startMs / floor]),
      ...aimed(medianAtMost(1.08, times)),
      write: times,
    },
    {
      // Compose creates all containers before it starts the first: nothing of it waits for readiness.
      title: "ready to the next container created",
      own: phasegate.flatMap(({ createdLagsMs }) => createdLagsMs),
      rivals: rivals.map(({ runs }) =>
        runs === compose ? [] : runs.flatMap(({ createdLagsMs }) => createdLagsMs),
      ),
      ...aimed(p95AtMost(80)),
    },
    { title: "ready to the next container started", ...row(({ startedLagsMs }) => startedLagsMs) },
    {
      title: "command without a change",
      ...row(({ noChangeMs }) => [noChangeMs]),
      ...aimedBesideCompose(0.75),
    },
  ];
  return [
    `\`${shape}\`: each service is ready ${lateMs} ms after its start. ${inTurnText(phasegate.length)}`,
    settingText(setting) +
      (setting.compose !== undefined ? ` Health checks of Compose every ${interval}.` : ` ${withoutCompose}`),
    "",
    comparisonTable(
      rivals.map(({ name }) => name),
      rows,
    ),
  ].join("\n");
}
