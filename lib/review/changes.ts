import type { PathPattern, PlanPath } from "../model/plan-path.ts";
import { matchPath, pathText, pattern } from "../model/plan-path.ts";
import type { Value } from "./differences.ts";
import { differences, isRecord, valueAt } from "./differences.ts";
import type { PlanView } from "./plan-view.ts";
import { valueText } from "./value-text.ts";

/** The parts of a review, in the order in which they are read. */
export const sections = ["services", "order", "probes", "budgets", "policies", "other"] as const;
export type Section = (typeof sections)[number];

/** One thing that is not as it was. */
export interface Change {
  readonly section: Section;
  readonly of: "stack" | "phase" | "service";
  /** The service or the phase; the empty text for the stack. */
  readonly name: string;
  /** What of it: a path below the service, the phase or the plan. */
  readonly what: string;
  /** Undefined where it was not there. */
  readonly before: Value;
  readonly after: Value;
}

/** Everything that differs between two plans of one stack. What a change brings with it elsewhere is not listed again. */
export function changesBetween(before: PlanView, after: PlanView): Change[] {
  return differences([before.json, after.json]).flatMap(({ path, values: [was, is] }) => {
    if (
      followsFromAnother.some((place) => matchPath(place, path)) ||
      isBudgetOfPhase(path, before, after) ||
      isIntervalOfStack(path, before, after)
    )
      return [];
    const [, of = "stack", section = "other"] =
      places.find(([place]) => matchPath(place, path) !== undefined) ?? [];
    const name = of === "stack" ? "" : (path[1] ?? "");
    const what = pathText(shownPath(path, of));
    return [{ section, of, name, what, before: inWords(path, was), after: inWords(path, is) }];
  });
}

type Place = readonly [PathPattern, Change["of"], Section];
const place = (text: string, of: Change["of"], section: Section): Place => [pattern(text), of, section];

/** Where a change of each place is listed: the first that matches. */
const places: readonly Place[] = [
  place("startupTimeoutMultiplier", "stack", "budgets"),
  place("healthCheckInterval", "stack", "budgets"),
  place("validationLevel", "stack", "probes"),
  place("phases.*.timeout", "phase", "budgets"),
  place("phases.*.budget", "phase", "budgets"),
  place("phases.*.edgeBudget", "phase", "budgets"),
  place("phases.*.validation", "phase", "probes"),
  place("phases.*.**", "phase", "order"),
  place("services.*.needs.**", "service", "order"),
  place("services.*.readiness.probes.**", "service", "probes"),
  place("services.*.readiness.successThreshold", "service", "probes"),
  place("services.*.readiness.minReady", "service", "probes"),
  place("services.*.readiness.budget", "service", "budgets"),
  place("services.*.readiness.cadence.**", "service", "budgets"),
  place("services.*.readiness.endpoint.**", "service", "services"),
  place("services.*.readiness.**", "service", "policies"),
  place("services.*.supervision.interval", "service", "budgets"),
  place("services.*.supervision.**", "service", "policies"),
  place("services.*.**", "service", "services"),
];

/** Places that say in a plan what another says already. */
const followsFromAnother = [
  "networks",
  "phases.*.edges",
  "services.*.phase",
  "services.*.readiness.validation",
  "services.*.readiness.level",
  "services.*.readiness.job",
].map(pattern);

const serviceBudget = pattern("services.*.readiness.budget");

/** A service's budget that is its phase's before and after. */
function isBudgetOfPhase(path: PlanPath, before: PlanView, after: PlanView): boolean {
  const [name] = matchPath(serviceBudget, path) ?? [];
  if (name === undefined) return false;
  return [before, after].every(({ json, services, phases }) => {
    const phase = phases[services[name]?.phase ?? ""];
    return phase !== undefined && valueAt(json, path) === phase.budget;
  });
}

const serviceInterval = pattern("services.*.supervision.interval");

/** A service's interval that is its environment's before and after. */
function isIntervalOfStack(path: PlanPath, before: PlanView, after: PlanView): boolean {
  if (!matchPath(serviceInterval, path)) return false;
  return [before, after].every(({ json }) => valueAt(json, path) === valueAt(json, ["healthCheckInterval"]));
}

function shownPath(path: PlanPath, of: Change["of"]): PlanPath {
  if (of === "stack") return path;
  const below = path.slice(2);
  if (below[0] !== "readiness") return below;
  return below.slice(below[1] === "probes" ? 2 : 1);
}

const wholeService = pattern("services.*");
const wholePhase = pattern("phases.*");
const wholeProbe = pattern("services.*.readiness.probes.*");

/** What came or went as a whole, in a few words; anything else as it is. */
function inWords(path: PlanPath, value: Value): Value {
  if (value === undefined || !isRecord(value)) return value;
  if (matchPath(wholeService, path)) {
    const image =
      valueAt(value, ["image", "reference"]) ??
      valueAt(value, ["image", "bundle"]) ??
      valueAt(value, ["image", "dockerfile"]);
    const probes = Object.keys(valueAt(value, ["readiness", "probes"]) ?? {});
    return `${valueText(image)} in phase ${valueText(value["phase"])}; probes: ${probes.join(", ") || "none"}`;
  }
  if (matchPath(wholePhase, path))
    return `${valueText(value["title"])}: ${valueText(value["services"])}, within ${valueText(value["budget"])}`;
  if (matchPath(wholeProbe, path)) {
    const { kind, timeout: _, level, mutates, ...asks } = value;
    const words = Object.entries(asks).map(([key, one]) => `${key} ${valueText(one)}`);
    return [
      valueText(kind),
      ...words,
      `level ${valueText(level)}`,
      ...(mutates === true ? ["writes"] : []),
    ].join(", ");
  }
  return value;
}
