import { describeLongMs } from "../core/duration.ts";
import type { Figure, FigureFacts, FigureName, Figures, SentAlerts } from "../model/figures.ts";
import type { Incident } from "../model/transition.ts";
import { counted } from "../core/counted.ts";
import { downtime } from "./downtime.ts";
import type { NaiveAlerts } from "./alert-figures.ts";
import { alertNoise, timeToAlert } from "./alert-figures.ts";
import { availability } from "./availability.ts";
import { common, lengthMs } from "./periods.ts";
import { figureTargets, monthMs } from "./targets.ts";
import type { Said } from "./verdicts.ts";
import { meanOf, meanVerdict, rateVerdict, shareVerdict } from "./verdicts.ts";
import { wholeStarts } from "./whole-starts.ts";

/** A service of the stack, and what of it counts. */
export interface StackService {
  readonly name: string;
  /** Whether a start of the whole stack starts it: what is external it does not, nor what runs by its schedule alone. */
  readonly started: boolean;
  /** Whether it runs by a schedule: others do not wait for it to be there, and a run that fails takes nothing down. */
  readonly scheduled: boolean;
}

/** What figures are computed with beside the history. */
export interface FigureDependencies {
  /** The services that the stack has now. */
  readonly services: readonly StackService[];
  /** Undefined where nobody is alerted. */
  readonly alerts:
    | {
        readonly sent: SentAlerts;
        readonly naiveAlerts: NaiveAlerts;
      }
    | undefined;
}

/** The success figures of a time, but for parity: that is a matter of the declaration, and not of what happens. */
export function figures(facts: FigureFacts, { services, alerts }: FigureDependencies): Figures {
  const { sinceMs, untilMs } = facts;
  const names = (of: readonly StackService[]) => new Set(of.map(({ name }) => name));
  const current = names(services);
  const scheduled = names(services.filter((one) => one.scheduled));
  const watched = common(facts.watched, [{ sinceMs, untilMs }]);
  return {
    ...{ sinceMs, untilMs },
    watchedMs: lengthMs(watched),
    figures: [
      startSuccess(facts),
      timeToReady(facts, names(services.filter(({ started }) => started))),
      cascades(facts),
      deploymentFailures(facts),
      selfRecovery(facts),
      availability(downtime(facts, { current, scheduled }), since(facts, "transitions"), untilMs - sinceMs),
      alertNoise(facts, alerts),
      timeToAlert(alerts?.sent, facts),
    ],
  };
}

/** From when on there is all of what a figure comes from. */
function since({ sinceMs, completeFromMs }: FigureFacts, kind: keyof FigureFacts["completeFromMs"]): number {
  return Math.max(sinceMs, completeFromMs[kind]);
}

/** The start of a service that had not been proven in this run: it came to be ready, or did not. What somebody ended is neither. */
function startSuccess(facts: FigureFacts): Figure {
  const sinceMs = since(facts, "starts");
  const starts = facts.starts.filter(({ beganMs, outcome, fromStart, startedMs, reason }) => {
    if (beganMs < sinceMs || reason === "stopped" || reason === "gone") return false;
    return fromStart || (outcome === "failed" && startedMs === undefined);
  });
  const failed = starts.filter(({ outcome }) => outcome === "failed");
  const worst = mostOften(failed.map(({ service }) => service));
  const notes = failed.length === 0 ? [] : [`${failed.length} failed${worst && `, most of them ${worst}`}`];
  return shareFigure("startSuccess", {
    bad: failed.length,
    total: starts.length,
    of: "start",
    sinceMs,
    notes,
  });
}

function timeToReady(facts: FigureFacts, current: ReadonlySet<string>): Figure {
  const sinceMs = since(facts, "starts");
  const times = wholeStarts(
    facts.starts.filter(({ beganMs }) => beganMs >= sinceMs),
    current,
  );
  const { value } = figureTargets.timeToReady;
  const said = meanVerdict(times, value);
  return {
    ...bare("timeToReady", sinceMs),
    measured: times.length === 0 ? null : meanOf(times),
    events: times.length,
    of: "start of all",
    verdict: said.verdict,
    notes: [
      ...(times.length === 0 ? [] : [`the longest ${describeLongMs(Math.max(...times))}`]),
      ...takes(said, `below ${describeLongMs(value)}`),
    ],
  };
}

/** An incident in which more than its root had to be restarted or proven again, or failed. */
function isCascade({ root, services, steps }: Incident): boolean {
  const failed = Object.entries(services).some(
    ([service, state]) => service !== root && (state === "failed" || state === "givenUp"),
  );
  return failed || steps.some(({ service }) => service !== root);
}

function cascades(facts: FigureFacts): Figure {
  const sinceMs = since(facts, "incidents");
  const all = facts.incidents.filter(({ openedMs }) => openedMs >= sinceMs);
  const count = all.filter(isCascade).length;
  const watchedMs = lengthMs(common(facts.watched, [{ sinceMs, untilMs: facts.untilMs }]));
  const said = rateVerdict(count, watchedMs / monthMs);
  const days = said.takes === undefined ? 0 : Math.ceil((said.takes * monthMs) / (24 * 3_600_000));
  return {
    ...bare("cascades", sinceMs),
    measured: watchedMs === 0 ? null : (count * monthMs) / watchedMs,
    events: watchedMs,
    of: "watched",
    verdict: said.verdict,
    notes: [
      all.length === 0 ? "no incident" : `${count} of ${counted(all.length, "incident")}`,
      ...(said.takes === undefined
        ? []
        : [`it takes ${days} days ${count === 0 ? "with none" : "with no more"}`]),
    ],
  };
}

function deploymentFailures(facts: FigureFacts): Figure {
  const sinceMs = since(facts, "deployments");
  const all = facts.deployments.filter(({ beganMs }) => beganMs >= sinceMs);
  const judged = all.filter(({ outcome }) => outcome !== "interrupted");
  const failed = judged.filter(({ outcome }) => outcome === "failed");
  const interrupted = all.length - judged.length;
  const worst = mostOften(failed.flatMap(({ phase }) => phase ?? []));
  return shareFigure("deploymentFailures", {
    ...{ bad: failed.length, total: judged.length, of: "deployment", sinceMs },
    notes: [
      ...(failed.length === 0 ? [] : [`${failed.length} failed${worst && `, most of them at ${worst}`}`]),
      ...(interrupted === 0 ? [] : [`${interrupted} more interrupted`]),
    ],
  });
}

/** So long may an incident be open before it counts as one that does not heal by itself. */
const healsWithinMs = 3_600_000;

/** An incident heals by itself where all are ready again, and neither a person nor an `up` did anything about it. */
function selfRecovery(facts: FigureFacts): Figure {
  const sinceMs = since(facts, "incidents");
  const touched = new Set(
    facts.transitions.flatMap(({ incident, cause, to }) =>
      incident !== undefined && (cause.kind === "operator" || cause.kind === "deployment" || to === "givenUp")
        ? [incident]
        : [],
    ),
  );
  const over = facts.incidents.filter(
    ({ openedMs, closedMs, outcome }) =>
      openedMs >= sinceMs &&
      (closedMs !== undefined || outcome === "givenUp" || facts.untilMs - openedMs >= healsWithinMs),
  );
  const bad = over.filter(({ id, outcome }) => outcome !== "recovered" || touched.has(id));
  const worst = mostOften(bad.map(({ root }) => root));
  const notes = bad.length === 0 ? [] : [`${bad.length} did not${worst && `, most of them of ${worst}`}`];
  return shareFigure("selfRecovery", { bad: bad.length, total: over.length, of: "incident", sinceMs, notes });
}

interface Share {
  readonly bad: number;
  readonly total: number;
  readonly of: string;
  readonly sinceMs: number;
  readonly notes: readonly string[];
}

/** A figure that is a share of events; its target says how many of them may be bad. */
function shareFigure(name: FigureName, { bad, total, of, sinceMs, notes }: Share): Figure {
  const { is, value } = figureTargets[name];
  const said = shareVerdict(bad, total, is === "below" ? value : 1 - value);
  const share = bad / total;
  return {
    ...bare(name, sinceMs),
    measured: total === 0 ? null : is === "below" ? share : 1 - share,
    events: total,
    of,
    verdict: said.verdict,
    notes: [...notes, ...takes(said, bad === 0 ? "with none that fails" : "with no more that fail")],
  };
}

function bare(name: FigureName, sinceMs: number): Pick<Figure, "name" | "target" | "sinceMs"> {
  return { name, target: figureTargets[name], sinceMs };
}

function takes({ takes: most }: Said, how: string): string[] {
  return most === undefined ? [] : [`it takes ${most} ${how}`];
}

/** What is there more often than half of the time, of several; empty where nothing is. */
function mostOften(names: readonly string[]): string {
  if (names.length < 2) return "";
  const [most] = [...Map.groupBy(names, (name) => name)].sort(([, a], [, b]) => b.length - a.length);
  return most !== undefined && most[1].length * 2 > names.length ? most[0] : "";
}
