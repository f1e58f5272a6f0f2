import {
  comparisonTable,
  inTurnText,
  markdownTable,
  medianAtMost,
  p95AtMost,
  spread,
} from "../comparison.ts";
import { withoutCompose } from "../compose.ts";
import { median } from "../median.ts";
import type { Setting } from "../setting.ts";
import { settingText } from "../setting.ts";
import type { ComposeRun } from "./compose.ts";
import type { UpRun } from "./phasegate.ts";

/** All that `npm run bench -- netra` measures. Times in milliseconds. */
export interface NetraMeasured {
  readonly level: string;
  readonly setting: Setting;
  readonly phasegate: readonly UpRun[];
  /** A rival for each time between health checks; none where there is no compose. */
  readonly compose: readonly { readonly interval: string; readonly runs: readonly ComposeRun[] }[];
}

/** The tables, as they stand in docs/benchmarks.md. */
export function netraReport(measured: NetraMeasured): string {
  const { level, setting, phasegate, compose } = measured;
  return [
    `netra at level ${level}. ${inTurnText(phasegate.length)}`,
    settingText(setting) + (compose.length > 0 ? "" : ` ${withoutCompose}`) + imagesText(phasegate),
    "",
    upTable(measured),
    "",
    "Where the time of an `up` of phasegate goes:",
    "",
    timelineTable(phasegate),
  ].join("\n");
}

function upTable({ setting, phasegate, compose }: NetraMeasured): string {
  const rivals = compose.map(({ interval }) => `compose ${setting.compose ?? ""}, checks every ${interval}`);
  const of = (key: "upMs" | "trulyReadyMs" | "noChangeMs") => ({
    own: phasegate.map((run) => run[key]),
    rivals: compose.map(({ runs }) => runs.map((run) => run[key])),
  });
  const path = phasegate.map(({ path: { totalMs } }) => totalMs);
  return comparisonTable(rivals, [
    {
      title: "whole command, from nothing",
      ...of("upMs"),
      aim: medianAtMost(median(path.map((ms) => 1.1 * ms + 6000))),
    },
    { title: "– until truly ready", ...of("trulyReadyMs") },
    { title: "– critical path", own: path },
    {
      title: "– over the critical path",
      own: phasegate.map(({ upMs, path: { totalMs } }) => upMs - totalMs),
    },
    {
      title: "ready to the next container created",
      own: phasegate.flatMap(({ path: { phases } }) =>
        phases.flatMap(({ afterReadyMs = [] }) => afterReadyMs),
      ),
      aim: p95AtMost(200),
    },
    { title: "command without a change", ...of("noChangeMs") },
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
  return markdownTable([["", "phasegate"], ...rows.map(([name, times]) => [name, spread(times)])]);
}

/** What a reader must know before believing the figures. */
function imagesText(runs: readonly UpRun[]): string {
  const images = new Set(runs.map((run) => JSON.stringify(run.images)));
  return images.size > 1
    ? " The images changed between the runs: an image was built while it was measured."
    : "";
}
