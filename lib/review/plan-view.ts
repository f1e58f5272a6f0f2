import { z } from "zod";
import type { Json } from "../core/json.ts";
import { jsonSchema } from "../core/json.ts";
import { mapValues } from "../core/record.ts";
import { supervisionDefaults } from "../model/supervision.ts";
import { isRecord } from "./differences.ts";
import { foldReplicas } from "./fold-replicas.ts";

/** What is compared of a plan that another version of phasegate may have written. */
export interface PlanView {
  /** The whole plan, in the shape of this version. */
  readonly json: Json;
  readonly level: string;
  readonly phases: Readonly<Record<string, PhaseView>>;
  readonly services: Readonly<Record<string, ServiceView>>;
}

export interface PhaseView {
  readonly services: readonly string[];
  readonly dependsOn: readonly string[];
  readonly budget: string;
  /** How many edges are proven from the dependents' side. */
  readonly edges: number;
}

export interface ServiceView {
  readonly phase: string;
  /** What it does when one that it needs was restarted, by the needed service's name. */
  readonly needs: Readonly<Record<string, string>>;
  readonly job: boolean;
  readonly probes: Readonly<Record<string, ProbeView>>;
}

export interface ProbeView {
  readonly kind: string;
  readonly level: string;
  readonly mutates: boolean;
  /** All that it says. */
  readonly json: Json;
}

// Every field that is read has an answer for a plan that has none: an older or newer version must not stop a review.
const names = z.array(z.string()).catch([]);
const probeSchema = z.looseObject({
  kind: z.string().catch(""),
  level: z.string().catch(""),
  mutates: z.boolean().catch(false),
});
const serviceSchema = z.looseObject({
  phase: z.string().catch(""),
  needs: z.record(z.string(), z.string()).catch({}),
  readiness: z
    .looseObject({ job: z.boolean().catch(false), probes: z.record(z.string(), probeSchema).catch({}) })
    .catch({ job: false, probes: {} }),
});
const viewSchema = z.looseObject({
  validationLevel: z.string().catch(""),
  phases: z.record(
    z.string(),
    z.looseObject({
      services: names,
      dependsOn: names,
      budget: z.string().catch(""),
      edges: z
        .array(z.unknown())
        .catch([])
        .transform(({ length }) => length),
    }),
  ),
  services: z.record(z.string(), serviceSchema),
});

/**
 * Reads a plan of this or another version. What it does not know stays in `json` and is compared all the same.
 * @throws z.ZodError when it is no plan: it has no phases or no services
 */
export function viewPlan(plan: unknown): PlanView {
  const json = foldReplicas(upToDate(jsonSchema.parse(plan)));
  const { validationLevel: level, phases, services } = viewSchema.parse(json);
  return {
    json,
    level,
    phases,
    services: mapValues(services, ({ phase, needs, readiness }) => ({
      phase,
      needs,
      job: readiness.job,
      probes: mapValues(readiness.probes, (probe) => ({
        kind: probe.kind,
        level: probe.level,
        mutates: probe.mutates,
        json: jsonSchema.parse(probe),
      })),
    })),
  };
}

/** The plan as this version would have written it. The only place that knows how others did. */
function upToDate(plan: Json): Json {
  const { services } = isRecord(plan) ? plan : {};
  return isRecord(plan) && isRecord(services)
    ? {
        ...plan,
        ...(plan["version"] === 1 && { version: 2 }),
        services: mapValues(services, (service) =>
          withSupervision(withReadiness(withPolicies(service)), plan["healthCheckInterval"]),
        ),
      }
    : plan;
}

/** Needs were a list once, with one policy for all of them. */
function withPolicies(service: Json): Json {
  if (!isRecord(service)) return service;
  const { onDependencyChange = "restart", needs = [], ...rest } = service;
  return {
    ...rest,
    needs: Array.isArray(needs)
      ? Object.fromEntries(
          needs.flatMap((needed: Json) => (typeof needed === "string" ? [[needed, onDependencyChange]] : [])),
        )
      : needs,
  };
}

/** A plan from before services said how they are watched: with the defaults, and the environment's interval. */
function withSupervision(service: Json, interval: Json | undefined): Json {
  if (!isRecord(service) || "supervision" in service || interval === undefined) return service;
  return { ...service, supervision: { interval, ...supervisionDefaults } };
}

/** In version 1 the readiness spec was called an expectation. */
function withReadiness(service: Json): Json {
  if (!isRecord(service) || "readiness" in service) return service;
  const { expectation, ...rest } = service;
  return expectation === undefined ? service : { ...rest, readiness: expectation };
}
