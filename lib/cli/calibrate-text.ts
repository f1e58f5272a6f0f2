import { alignColumns } from "../core/columns.ts";
import { describeMs, durationMs } from "../core/duration.ts";
import type { Calibration, StackStarts } from "../history/calibrate.ts";
import { leastStarts } from "../history/calibrate.ts";
import type { StartDurations } from "../history/start-durations.ts";
import type { PatchedFile } from "./timeout-patch.ts";

/** What has been measured, what each phase's timeout should be or why that cannot be said, and the patch. */
export function calibrateText(
  stacks: readonly StackStarts[],
  calibrations: readonly Calibration[],
  files: readonly PatchedFile[],
  written: boolean,
): string {
  return [
    ...stacks.map(stackText),
    alignColumns(calibrations.map(phaseRow)),
    ...(stacks.some(({ services }) => services.some(({ starts }) => starts < leastStarts))
      ? [whySoMany]
      : []),
    ...files.map(({ file, diff }) => (written ? `written to ${file}:\n${diff}` : diff).trimEnd()),
  ].join("\n\n");
}

const whySoMany = `A timeout rests on ${leastStarts} starts of each service: only then does the longest of them lie, with a confidence
of 95 %, above the 95th percentile of all. Starts that were proven again do not count.`;

function stackText({ plan, services }: StackStarts): string {
  const { name, environment, stack, startupTimeoutMultiplier, validationLevel } = plan;
  const head = `${name} in ${environment} (stack ${stack}), level ${validationLevel}, multiplier ${startupTimeoutMultiplier}`;
  const rows = services.map((service) => [
    `  ${service.service}`,
    String(service.starts),
    String(service.timedOut),
    ...percentiles(service),
  ]);
  return `${head}\n${alignColumns([["  service", "starts", "out of time", "p50", "p95", "p99"], ...rows])}`;
}

function percentiles({ starts, p50Ms, p95Ms, p99Ms }: StartDurations): string[] {
  return [p50Ms, p95Ms, p99Ms].map((ms) =>
    starts === 0 ? "" : ms === Infinity ? "over budget" : describeMs(ms),
  );
}

function phaseRow({ phase, timeout, proposed, why, refused }: Calibration): string[] {
  if (proposed === undefined) return [phase, timeout, `stays: ${refused}`];
  const same = durationMs(proposed) === durationMs(timeout);
  return [phase, timeout, `${same ? "is right" : `→ ${proposed}`}: ${why}`];
}
