import { mapValues } from "../core/record.ts";
import { ancestors } from "../model/graph.ts";
import { jobRuns } from "../model/job.ts";
import { validationLevels } from "../model/level.ts";
import { pathText } from "../model/plan-path.ts";
import {
  enabledPairs,
  isEnabledIn,
  isRenamed,
  probePairs,
  sharedServices,
  disabledPairs,
} from "./counterparts.ts";
import type { Value } from "./differences.ts";
import { isRecord, valueAt } from "./differences.ts";
import { implies, isComposite } from "./implication.ts";
import type { Bound } from "./looser-bounds.ts";
import { bounds } from "./looser-bounds.ts";
import { protections } from "./protections.ts";
import type { PlanView } from "./plan-view.ts";
import { mountRules } from "./mount-rules.ts";
import { portRules } from "./port-rules.ts";
import type { Finding, Found, Rule } from "./rule.ts";
import { ofService } from "./rule.ts";

export type { Finding } from "./rule.ts";

/**
 * All by which a plan proves less than the one before it. A service that is gone proves nothing and runs nothing:
 * that is a change, and no weakening. A job that is gone is one: its work was part of what a gate proved.
 */
export function weakenings(before: PlanView, after: PlanView): Finding[] {
  return rules.flatMap(({ name: rule, reason, find }) =>
    find(before, after).map((found) => ({ rule, reason, ...found })),
  );
}

/** All by which it proves more: the weakenings of the way back, without what is weaker in both directions. */
export function strengthenings(before: PlanView, after: PlanView): Finding[] {
  const weaker = new Set(weakenings(before, after).map(place));
  return weakenings(after, before)
    .filter((finding) => !weaker.has(place(finding)))
    .map((finding) => ({ ...finding, before: finding.after, after: finding.before }));
}

const place = ({ of, name, what }: Finding) => JSON.stringify([of, name, what]);

/** Every rule. docs/reviewing.md explains them by their reasons. */
export const rules: readonly Rule[] = [
  {
    name: "level-lowered",
    reason: "the environment asks for less of every validation",
    find: (before, after) => {
      if (before.level === after.level) return [];
      const lost = probePairs(before, after).flatMap(({ service, probe, was, is }) =>
        isEnabledIn(before, was) && is && isEnabledIn(before, is) && !isEnabledIn(after, is)
          ? [`${service}.${probe}`]
          : [],
      );
      if (!isBelow(validationLevels, after.level, before.level) && lost.length === 0) return [];
      const notes = [
        ...(lost.length === 0 ? [] : [`no longer enabled: ${lost.join(", ")}`]),
        ...(provesEdges(before) && !provesEdges(after)
          ? ["no edge is proven from the dependent's side"]
          : []),
      ];
      const found = { of: "stack", name: "", what: "validationLevel" } as const;
      const values = { before: before.level, after: after.level };
      return [{ ...found, ...values, ...(notes.length > 0 && { note: notes.join("; ") }) }];
    },
  },
  {
    name: "probe-removed",
    reason: "nothing verifies what it checked any more",
    find: (before, after) =>
      probePairs(before, after).flatMap(({ service, probe, was, is }) => {
        if (!isEnabledIn(before, was) || is !== undefined || isRenamed(was, before, after, service))
          return [];
        return [ofService(service, pathText([probe]), was.kind, undefined)];
      }),
  },
  {
    name: "probe-level-raised",
    reason: "this environment's level no longer enables it",
    find: (before, after) =>
      disabledPairs(before, after)
        .filter(({ was, is }) => !isEnabledIn(before, { ...is, mutates: was.mutates }))
        .map(({ service, probe, was, is }) =>
          ofService(service, pathText([probe, "level"]), was.level, is.level),
        ),
  },
  {
    name: "probe-writes-now",
    reason: "production does not enable a probe that writes",
    find: (before, after) =>
      disabledPairs(before, after)
        .filter(({ was, is }) => isEnabledIn(before, { ...is, mutates: was.mutates }))
        .map(({ service, probe, was, is }) =>
          ofService(service, pathText([probe, "mutates"]), was.mutates, is.mutates),
        ),
  },
  {
    name: "probe-replaced",
    reason: "another kind of probe has its name; what the old one checked is no longer checked",
    find: (before, after) =>
      enabledPairs(before, after)
        .filter(({ was, is }) => was.kind !== is.kind && !implies(is.json, was.json))
        .map(({ service, probe, was, is }) =>
          ofService(service, pathText([probe, "kind"]), was.kind, is.kind),
        ),
  },
  {
    name: "composite-looser",
    reason:
      "it passes where it would not have: a part of it is looser or gone, or there is another way to pass",
    find: (before, after) =>
      enabledPairs(before, after)
        .filter(({ was, is }) => was.kind === is.kind && isComposite(was.json))
        .filter(({ was, is }) => implies(was.json, is.json) && !implies(is.json, was.json))
        .map(({ service, probe, was, is }) => ofService(service, pathText([probe]), was.json, is.json)),
  },
  {
    name: "consequence-lowered",
    reason: "when it fails once the service is ready, that is reported, and the service is not restarted",
    find: (before, after) =>
      enabledPairs(before, after)
        .filter(({ service }) => !before.services[service]?.job)
        .map(({ service, probe, was, is }) => {
          const [from, to] = [was, is].map(({ json }) => valueAt(json, ["whenFailing"]));
          return ofService(service, pathText([probe, "whenFailing"]), from, to);
        })
        .filter(({ before: from, after: to }) => isBelow(consequences, consequence(to), consequence(from))),
  },
  {
    name: "order-lost",
    reason: "it starts without waiting until they are proven",
    find: (before, after) => {
      const [waited, waits] = [waitsFor(before), waitsFor(after)];
      return sharedServices(before, after).flatMap(([name]) => {
        const lost = [...(waited[name] ?? [])].filter(
          (other) => Object.hasOwn(after.services, other) && !waits[name]?.has(other),
        );
        if (lost.length === 0) return [];
        return [ofService(name, "starts after", lost.sort(), undefined)];
      });
    },
  },
  {
    name: "need-removed",
    reason: "no restart of the one reaches the other, and nothing proves the way between them",
    find: (before, after) =>
      sharedServices(before, after).flatMap(([name, was, is]) =>
        Object.entries(was.needs)
          .filter(([needed]) => Object.hasOwn(after.services, needed) && !Object.hasOwn(is.needs, needed))
          .map(([needed, policy]) => ofService(name, pathText(["needs", needed]), policy, undefined)),
      ),
  },
  {
    name: "policy-lowered",
    reason: "less is done when the service that it needs was restarted",
    find: (before, after) =>
      sharedServices(before, after).flatMap(([name, was, is]) =>
        Object.entries(was.needs).flatMap(([needed, policy]) => {
          const now = is.needs[needed];
          if (now === undefined || !isBelow(policies, now, policy)) return [];
          return [ofService(name, pathText(["needs", needed]), policy, now)];
        }),
      ),
  },
  {
    name: "job-removed",
    reason: "the work that it did before its gate opened is not done any more",
    find: (before, after) =>
      Object.entries(before.services)
        .filter(([name, { job }]) => job && !Object.hasOwn(after.services, name))
        .map(([name, { phase }]) => ofService(name, "job", phase, undefined)),
  },
  {
    name: "job-run-less",
    reason: "an `up` runs it less often: its gate opens on what an earlier run has done",
    find: (before, after) =>
      sharedServices(before, after)
        .filter(([, was, is]) => was.job && is.job)
        .flatMap(([name]) => {
          const [from, to] = [before, after].map((plan) => runsOf(plan, name));
          return isBelow(["schedule", ...jobRuns], to ?? "", from ?? "")
            ? [ofService(name, "runs", from, to)]
            : [];
        }),
  },
  {
    name: "sink-removed",
    reason: "no alert goes there any more",
    find: (before, after) => {
      const [were, are] = [before, after].map(({ json }) => valueAt(json, ["alerting", "sinks"]));
      return Object.entries(isRecord(were) ? were : {})
        .filter(([name]) => !(isRecord(are) && Object.hasOwn(are, name)))
        .map(([name, sink]) => {
          const what = pathText(["alerting", "sinks", name]);
          return { of: "stack", name: "", what, before: valueAt(sink, ["kind"]), after: undefined };
        });
    },
  },
  ...mountRules,
  ...portRules,
  ...protections,
  ...bounds.map((bound): Rule => ({
    name: `looser ${bound.of} ${bound.at}`,
    reason: bound.reason,
    find: (before, after) => looser(bound, before, after),
  })),
];

/** When an `up` runs a job. */
function runsOf({ json }: PlanView, job: string): string {
  const [runs, schedule] = ["runs", "schedule"].map((key) => valueAt(json, ["services", job, key]));
  return typeof runs === "string" ? runs : schedule === undefined ? "whenChanged" : "schedule";
}

/** From what does least to what does most when a service that is needed was restarted. */
const policies = ["ignore", "revalidate", "restart"];

/** From what does least to what does most about a probe that fails: by default it depends on how it fails. */
const consequences = ["report", "default", "restart"];
const consequence = (value: Value) => (typeof value === "string" ? value : "default");

/** Whether one stands before another in an order. What another version has and this one does not know stands nowhere. */
function isBelow(order: readonly string[], one: string, other: string): boolean {
  return order.includes(one) && order.indexOf(one) < order.indexOf(other);
}

function looser({ of, at, onlyWith, looser: isLooser }: Bound, before: PlanView, after: PlanView): Found[] {
  const keys = at.split(".");
  const compare = (was: Value, is: Value, found: Pick<Found, "of" | "name" | "what">): Found[] => {
    const [from, to] = [valueAt(was, keys), valueAt(is, keys)];
    const boundsNothing =
      onlyWith !== undefined && [was, is].some((one) => isEmpty(valueAt(one, [onlyWith])));
    if (boundsNothing) return [];
    return isLooser(from, to) ? [{ ...found, before: from, after: to }] : [];
  };
  switch (of) {
    case "stack":
      return compare(before.json, after.json, { of, name: "", what: at });
    case "phase":
      return Object.keys(before.phases)
        .filter((name) => Object.hasOwn(after.phases, name))
        .flatMap((name) => {
          const path = ["phases", name];
          return compare(valueAt(before.json, path), valueAt(after.json, path), { of, name, what: at });
        });
    case "service":
      return sharedServices(before, after)
        .filter(([, was, is]) => keys[0] !== "supervision" || !(was.job || is.job))
        .flatMap(([name]) => {
          const path = ["services", name];
          const what = at.replace(/^readiness\./, "");
          return compare(valueAt(before.json, path), valueAt(after.json, path), { of, name, what });
        })
        .filter((found) => found.what !== "budget" || !isOfPhase(found, before, after))
        .filter((found) => found.what !== "supervision.interval" || !isOfStack(found, before, after));
    case "probe":
      return enabledPairs(before, after)
        .filter(({ was, is }) => was.kind === is.kind)
        .flatMap(({ service, probe, was, is }) =>
          compare(was.json, is.json, { of: "service", name: service, what: pathText([probe, ...keys]) }),
        );
  }
}

function isEmpty(value: Value): boolean {
  return !Array.isArray(value) || value.length === 0;
}

/** A service whose budget is that of its phase before and after: one line of the phase says it for all of them. */
function isOfPhase({ name, before: from, after: to }: Found, before: PlanView, after: PlanView): boolean {
  const phase = before.services[name]?.phase ?? "";
  return before.phases[phase]?.budget === from && after.phases[phase]?.budget === to;
}

/** A service whose interval is that of its environment before and after: one line of the stack says it for all of them. */
function isOfStack({ before: from, after: to }: Found, before: PlanView, after: PlanView): boolean {
  return [before, after].every(({ json }, i) => valueAt(json, ["healthCheckInterval"]) === [from, to][i]);
}

function provesEdges({ phases }: PlanView): boolean {
  return Object.values(phases).some(({ edges }) => edges > 0);
}

/** For each service, all that are proven before its container is created. */
function waitsFor({ phases, services }: PlanView): Readonly<Record<string, ReadonlySet<string>>> {
  const graph = mapValues(phases, ({ dependsOn }) => dependsOn);
  const before = mapValues(
    phases,
    (_, phase) => new Set([...ancestors(graph, phase)].flatMap((name) => phases[name]?.services ?? [])),
  );
  return mapValues(services, ({ phase }) => before[phase] ?? new Set());
}
