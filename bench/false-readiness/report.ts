import type { Duration } from "../../lib/core/duration.ts";
import { durationMs } from "../../lib/core/duration.ts";
import { percentile } from "../../lib/core/percentile.ts";
import { markdownTable, seconds, spread } from "../comparison.ts";
import { withoutCompose } from "../compose.ts";
import { median } from "../median.ts";
import type { Setting } from "../setting.ts";
import { settingText } from "../setting.ts";
import { isFalseStart } from "./judge.ts";
import type { Start } from "./observe.ts";
import type { Checks, SystemName } from "./systems.ts";
import { checkTitles, systemNames, systemTitles } from "./systems.ts";

/** All starts by one of the contenders. */
export interface Starts {
  /** "phasegate", "compose 2.40.3" */
  readonly name: string;
  /** How long the database must stay ready whose initialising server the network reaches; undefined: nothing has it do so. */
  readonly minReady: Duration | undefined;
  /** The engine's health checks that it waits for; undefined: it has gates. */
  readonly health: { readonly checks: Checks; readonly interval: string } | undefined;
  readonly starts: Start[];
  /** What became of those that have not come up, in words. */
  readonly failures: string[];
}

/** All that `npm run bench -- false-readiness` measures. Times in milliseconds. */
export interface FalseReadinessMeasured {
  readonly setting: Setting;
  readonly seed: number;
  readonly contenders: readonly Starts[];
}

/** The tables, as they stand in docs/benchmarks.md. */
export function falseReadinessReport({ setting, seed, contenders }: FalseReadinessMeasured): string {
  const count = Math.max(...contenders.map(({ starts, failures }) => starts.length + failures.length));
  return [
    `${count === 1 ? "One start" : `${count} starts`} by each in turn, seed ${seed}; medians, in brackets from the earliest to the 95th percentile.\n${settingText(setting)}`,
    ...(setting.compose === undefined ? [withoutCompose] : []),
    ...systemNames.map((system) => systemTable(system, contenders)),
    markdownTable([
      ["all three at once, from nothing", "the whole command"],
      ...contenders.map((one) => [contenderName(one), spread(one.starts.map(({ commandMs }) => commandMs))]),
    ]),
    ...failuresText(contenders),
  ].join("\n\n");
}

/** Who starts, and what is waited for. */
export function contenderName({ name, minReady, health }: Starts): string {
  if (health !== undefined) return `${name}, ${health.checks} checks every ${health.interval}`;
  return `${name}, ${hasMinReady(minReady) ? `minReady ${minReady}` : "without minReady"}`;
}

function hasMinReady(minReady: Duration | undefined): minReady is Duration {
  return minReady !== undefined && durationMs(minReady) > 0;
}

function systemTable(system: SystemName, contenders: readonly Starts[]): string {
  const rows = contenders.map((one) => {
    const { name, minReady, health, starts } = one;
    const pairs = starts.map(({ pairs }) => pairs[system]);
    const early = pairs.filter(isFalseStart).length;
    const failed = pairs.filter(({ firstCall }) => !firstCall.worked).length;
    return [
      health === undefined
        ? contenderName(one)
        : `${name}, ${checkTitles[system][health.checks]} every ${health.interval}`,
      `${early} of ${pairs.length}`,
      ...(hasAim(system, health, minReady) ? ["0", early === 0 ? "reached" : "missed"] : ["", ""]),
      `${failed} of ${pairs.length}`,
      fromEarliest(pairs.map(({ begunMs, worksSinceMs }) => begunMs - worksSinceMs)),
      fromEarliest(pairs.map(({ begunMs, serviceCreatedMs }) => begunMs - serviceCreatedMs)),
    ];
  });
  return markdownTable([
    [
      systemTitles[system],
      "false starts",
      "aim",
      "",
      "first call failed",
      "client begun, after the service works",
      "after its creation",
    ],
    ...rows,
  ]);
}

/** A gate is to open on no false start; that of the last database needs a `minReady` for it. */
function hasAim(system: SystemName, health: Starts["health"], minReady: Duration | undefined): boolean {
  return health === undefined && (system !== "openDatabase" || hasMinReady(minReady));
}

/** A start that has not come up says nothing of false readiness, and is not to be passed over. */
function failuresText(contenders: readonly Starts[]): string[] {
  return contenders
    .filter(({ failures }) => failures.length > 0)
    .map((one) => {
      const { failures, starts } = one;
      const last = (failures.at(-1) ?? "").replaceAll(/\s+/g, " ").slice(0, 300);
      return `${failures.length} of ${failures.length + starts.length} starts by ${contenderName(one)} have not come up, and are not counted above; the last: ${last}`;
    });
}

/** What is early is negative: the earliest belongs to the figures. */
function fromEarliest(times: readonly number[]): string {
  if (times.length === 0) return "";
  return `${seconds(median(times))} (${seconds(Math.min(...times))} to ${seconds(percentile(times, 95))})`;
}
