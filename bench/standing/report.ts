import type { ComparisonRow } from "../comparison.ts";
import { comparisonTable, inTurnText, medianAtMost, ratioAtMost } from "../comparison.ts";
import { withoutCompose } from "../compose.ts";
import type { Setting } from "../setting.ts";
import { settingText } from "../setting.ts";

/** `up`, or `preview`. */
export type StandingKind = "noop" | "preview";

/** What was measured of one system. Times in milliseconds. */
export interface StandingTimes {
  readonly name: "netra" | "chain";
  /** How many resources Pulumi has compared. */
  resources: number;
  readonly phasegateMs: number[];
  readonly composeMs: number[];
}

export interface StandingMeasured {
  readonly kind: StandingKind;
  /** Between compose's health checks. */
  readonly interval: string;
  readonly level: string;
  readonly setting: Setting;
  readonly stacks: readonly StandingTimes[];
  readonly emptyMs: readonly number[];
}

const commands = {
  noop: { own: "`pulumi up`", rival: "up -d --wait" },
  preview: { own: "`pulumi preview`", rival: "--dry-run up -d --wait" },
} as const;

/** The table, as it stands in docs/benchmarks.md. */
export function standingReport(measured: StandingMeasured): string {
  const { kind, interval, level, setting, stacks, emptyMs } = measured;
  const { own, rival } = commands[kind];
  const rows = stacks.flatMap(({ name, resources, phasegateMs, composeMs }): readonly ComparisonRow[] => [
    {
      title: `${name}, ${resources} resources`,
      own: phasegateMs,
      rivals: [composeMs],
      ...(kind === "noop" && name === "chain" && { aim: ratioAtMost(0.75) }),
    },
    {
      title: "– over an empty program's",
      // The two of a turn were measured within seconds of each other.
      own: phasegateMs.map((ms, i) => ms - (emptyMs[i] ?? NaN)),
      ...(kind === "noop" && { aim: medianAtMost(1000) }),
    },
  ]);
  const rivals = setting.compose === undefined ? [] : [`compose ${setting.compose}, \`${rival}\``];
  return [
    `${own} without a change; netra at level ${level}. ${inTurnText(emptyMs.length)}`,
    settingText(setting) +
      (rivals.length > 0 ? ` Health checks of Compose every ${interval}.` : ` ${withoutCompose}`),
    "",
    comparisonTable(rivals, [...rows, { title: "an empty program", own: emptyMs }]),
  ].join("\n");
}
