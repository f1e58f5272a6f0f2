import { describeLongMs, describeMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import { hangingRows, tableWidth, wrapped } from "../core/layout.ts";
import type { Figure, FigureName, Figures, FigureTarget, FigureVerdict } from "../model/figures.ts";

/** What people call each figure. */
const names: Readonly<Record<FigureName, string>> = {
  startSuccess: "starts that succeed",
  timeToReady: "time to ready of all",
  cascades: "cascades",
  parityIssues: "parity issues",
  deploymentFailures: "deployments that fail",
  selfRecovery: "self-recovery",
  availability: "availability",
  alertNoise: "fewer alerts",
  timeToAlert: "time to an alert",
};

const verdicts: Readonly<Record<FigureVerdict, string>> = {
  met: "met",
  missed: "missed",
  tooFew: "too few",
  notMeasured: "not measured",
};

/** The figures as a table: what each is to be, what it was, from how much, and whether that is enough to say so. */
export function figuresText(of: string, { sinceMs, untilMs, watchedMs, figures }: Figures): string {
  const time = `${of}, from ${instantText(sinceMs)} to ${instantText(untilMs)}; watched for ${describeLongMs(watchedMs)} of ${describeLongMs(untilMs - sinceMs)}`;
  const late = figures.filter((figure) => figure.sinceMs > sinceMs && figure.verdict !== "notMeasured");
  const header = ["  figure", "target", "measured", "from", "verdict"];
  const rows = figures.map((figure) => [
    `  ${names[figure.name]}`,
    targetText(figure.target),
    measuredText(figure),
    eventsText(figure),
    [verdicts[figure.verdict], ...figure.notes].join("; "),
  ]);
  const older = late.map(
    (figure) =>
      `${names[figure.name]}: from ${instantText(figure.sinceMs)} on; what was before is not kept any more.`,
  );
  return [
    ...wrapped(time, tableWidth),
    "",
    ...hangingRows([header, ...rows], tableWidth),
    ...(older.length === 0 ? [] : [""]),
    ...older.flatMap((line) => wrapped(line, tableWidth)),
  ].join("\n");
}

/** Whether none misses its target. */
export function isWithinTargets({ figures }: Pick<Figures, "figures">): boolean {
  return figures.every(({ verdict }) => verdict !== "missed");
}

function targetText({ is, value, unit }: FigureTarget): string {
  const sign = is === "above" ? ">" : is === "below" ? "<" : "≥";
  switch (unit) {
    case "share":
      return `${sign} ${percentText(value, 1)}`;
    case "ms":
      return `${sign} ${value % 60_000 === 0 && value > 180_000 ? `${value / 60_000}m` : `${value / 1000}s`}`;
    case "perMonth":
      return `${sign} ${value} a month`;
    case "perQuarter":
      return `${sign} ${value} a quarter`;
  }
}

/** Of too few events only how many they were: a share, or a mean, of two would be read as one of all. */
function measuredText({ measured, target, verdict, events, of }: Figure): string {
  if (measured === null) return "–";
  if (verdict !== "tooFew") return valueText(measured, target);
  const isOfEvents =
    target.unit === "share" && of !== "watched" && Number.isInteger(rounded(measured * events, 6));
  return isOfEvents ? `${rounded(measured * events, 0)} of ${events}` : "–";
}

function valueText(value: number, { unit }: FigureTarget): string {
  switch (unit) {
    case "share":
      return percentText(value, 2);
    case "ms":
      return describeMs(value);
    case "perMonth":
      return `${rounded(value, 1)} a month`;
    case "perQuarter":
      return `${value}`;
  }
}

/** What is not all of it is never rounded to 100 %, and what is not none never to 0 %. */
function percentText(share: number, digits: number): string {
  const percent = rounded(share * 100, digits);
  const least = 10 ** -digits;
  if (share < 1 && percent >= 100) return `${100 - least} %`;
  if (share > 0 && percent <= 0) return `${least} %`;
  return `${percent} %`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function eventsText({ events, of }: Figure): string {
  if (of === "watched") return describeLongMs(events);
  const [noun = "", ...rest] = of.split(" ");
  return [events, events === 1 ? noun : `${noun}s`, ...rest].join(" ");
}
