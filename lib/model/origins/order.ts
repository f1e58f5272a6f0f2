import { needed } from "../needs.ts";
import type { StackDeclaration } from "../declaration.ts";
import { runsByRoutine } from "../job.ts";
import { pathText } from "../plan-path.ts";
import type { Origin, Place, Rule } from "./origin.ts";
import { byDefault, declared, multiplier, phaseOf, profiled, rule, samePlace, serviceOf } from "./origin.ts";

/** Of phases, of who needs whom, and of when it runs. */
export const orderRules: readonly Rule[] = [
  rule("phases.*.budget", ({ names: [phase = ""] }) => [declared("phases", phase, "timeout"), multiplier]),
  rule("phases.*.edgeBudget", (place) => [
    ...samePlace({ ...place, path: ["phases", ...place.names, "edgeTimeout"] }),
    multiplier,
  ]),
  rule("phases.*.edges", edgeOrigins),
  rule("phases.*.**", samePlace),
  rule("services.*.phase", ({ declaration, names: [name = ""] }) => [
    declared("phases", phaseOf(declaration, name)[0], "services"),
  ]),
  rule("services.*.replica.**", (place) => replicaOrigins(place)),
  rule("services.*.replicas", (place) => replicaOrigins(place)),
  rule("services.*.needs.*", ({ declaration, names: [name = "", other = ""] }) =>
    needed(declaration.needs[name])[other] !== undefined
      ? [declared("needs", name, other)]
      : [declared("needs", name), ...policyOrigins(declaration, name, other)],
  ),
  rule("services.*.needs", ({ declaration, names: [name = ""] }) => [
    declaration.needs[name] === undefined ? byDefault("needs") : declared("needs", name),
  ]),
  rule("services.*.schedule.*", (place) => {
    const [name = "", part = ""] = place.names;
    const key = (part === "cron" ? "schedule" : part) as "schedule" | "timeZone" | "missed";
    return [serviceOf(place, name)?.[key] === undefined ? byDefault(part) : declared("services", name, key)];
  }),
];

/** How many instances there are: the environment's config says it, or the declaration. */
function replicaOrigins({ names: [name = ""], profile }: Place): Origin[] {
  return Object.hasOwn(profile.replicas ?? {}, name)
    ? [profiled(pathText(["replicas", name]))]
    : [declared("services", name, "replicas")];
}

/** The policy of the edges that do not say their own. */
function policyOrigins(
  { services, failureHandling }: StackDeclaration,
  service: string,
  other: string,
): readonly Origin[] {
  const target = services[other];
  const ofRuns = (["runs", "schedule"] as const).flatMap((key) =>
    target?.[key] === undefined ? [] : [declared("services", other, key)],
  );
  if (target !== undefined && runsByRoutine(target)) return ofRuns;
  if (services[service]?.kind === "job") return [...ofRuns, declared("services", service, "kind")];
  return [
    ...ofRuns,
    failureHandling.onDependencyChange === undefined
      ? byDefault("onDependencyChange")
      : declared("failureHandling", "onDependencyChange"),
  ];
}

/** Edges are made of who needs whom, and of what the level asks of those that are needed. */
function edgeOrigins({ declaration, names: [phase = ""] }: Place): Origin[] {
  const members = declaration.phases[phase]?.services ?? [];
  const all = members.flatMap((name) => Object.keys(needed(declaration.needs[name])));
  return [
    ...members.map((name) => declared("needs", name)),
    ...[...new Set(all)].map((name) => declared("services", name, "validations")),
    profiled("validationLevel"),
  ];
}
