import type { ComparisonRow } from "../comparison.ts";
import { comparisonTable, inTurnText } from "../comparison.ts";
import { withoutCompose } from "../compose.ts";
import type { Setting } from "../setting.ts";
import { settingText } from "../setting.ts";
import type { WideRun } from "./wide.ts";

/** All that `npm run bench -- wide` measures. */
export interface WideMeasured {
  readonly services: number;
  /** Between compose's health checks. */
  readonly interval: string;
  readonly setting: Setting;
  readonly phasegate: readonly WideRun[];
  readonly compose: readonly WideRun[];
}

/** The table, as it stands in docs/benchmarks.md. */
export function wideReport({ services, interval, setting, phasegate, compose }: WideMeasured): string {
  const row = (title: string, of: (run: WideRun) => readonly number[]): ComparisonRow => ({
    title,
    own: phasegate.flatMap(of),
    rivals: [compose.flatMap(of)],
  });
  const rows = [
    row("whole command, from nothing", ({ commandMs }) => [commandMs]),
    row("first container created to last ready", ({ startMs }) => [startMs]),
    row("first container created to last created", ({ createdWithinMs }) => [createdWithinMs]),
    row("a container created to the next one created", ({ gapsMs }) => gapsMs),
    row("a container started to its service known to be ready", ({ readyAfterMs }) => readyAfterMs),
    row("– the longest of each run", ({ readyAfterMs }) => [Math.max(...readyAfterMs)]),
    row("without a change", ({ noChangeMs }) => [noChangeMs]),
  ];
  const { compose: version } = setting;
  return [
    `${services} services in one phase. ${inTurnText(phasegate.length)}${version === undefined ? "" : ` Compose has health checks every ${interval}.`}`,
    settingText(setting),
    "",
    comparisonTable(version === undefined ? [] : [`compose ${version}`], rows),
    ...(version === undefined ? ["", withoutCompose] : []),
  ].join("\n");
}
