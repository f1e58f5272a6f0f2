import type { dynamic } from "@pulumi/pulumi";
import { mapValues } from "../../core/record.ts";
import type { ReadinessSpec } from "../../model/plan.ts";
import { specHashOf } from "../../model/spec-hash.ts";
import { isStartedByCoordinator } from "../../model/started-by-coordinator.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator } from "./coordinators.ts";
import { givenInputs } from "./given-inputs.ts";
import type { ServiceReadinessInputs, ServiceReadinessOutputs, WantedService } from "./readiness-inputs.ts";
import { announce } from "./readiness-notice.ts";
import type { ReadinessReason } from "./readiness-change.ts";
import { changeOf, staleReasonsOf, nextGeneration } from "./readiness-change.ts";
import { passwordWarnings } from "./password-warnings.ts";
import { rowWarning } from "./row-progress.ts";
import { setLimits } from "./set-limits.ts";
import { shown } from "./shown.ts";
import { wasStartedAtCreation } from "./start-at-creation.ts";
import { startContainer } from "./start-container.ts";
import { withCurrentNames } from "./state-of-earlier-versions.ts";
import { unknown } from "./unknown.ts";

const specKeys = [
  "validation",
  "level",
  "budget",
  "successThreshold",
  "failureThreshold",
  "minReady",
  "failFast",
  "cadence",
  "restarts",
  "grace",
  "endpoint",
  "job",
  "external",
  "probes",
] as const satisfies readonly (keyof ReadinessSpec)[];

const inputKeys = [
  ...["coordinator", "host", "service", "phase", "container", "dependencies", "startIndex", "secrets"],
  ...["replicaOf", "after", "supervision", "runs", "schedule", "limits", "generation", "verification"],
  ...specKeys,
];

/**
 * What of the inputs is an output as well: by what the coordinator and the engine are asked, and what the program reads. The rest would
 * stand in the state twice.
 */
const outputKeys = [
  ...(["coordinator", "host", "service", "container", "job", "external"] as const),
  ...(["generation", "verification", "wanted"] as const),
] satisfies readonly (keyof ServiceReadinessOutputs)[];

type Outputs = Pick<ServiceReadinessOutputs, (typeof outputKeys)[number]>;

/**
 * The inputs that are in the state, by row, and under the names of the version that has written them. Pulumi hands them to `check`,
 * which comes first, and to nothing that comes after it.
 */
const inputsBefore = new Map<string, Partial<ServiceReadinessOutputs>>();

/**
 * What `check` has found out, by row, until `diff` takes it: Pulumi calls both for one resource at a time, one after the other, and a
 * question to the coordinator for each would be most of what an `up` without a change waits for here.
 */
const reasonsOfCheck = new Map<string, readonly ReadinessReason[]>();

/** Why a readiness no longer holds: what `check` has found an instant ago, once. A refresh compares without a check, and asks. */
async function reasonsFor(
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessInputs,
): Promise<readonly ReadinessReason[]> {
  const found = reasonsOfCheck.get(news.row);
  reasonsOfCheck.delete(news.row);
  return found ?? shown(staleReasonsOf(olds, news));
}

/** All that the state has of a resource. A refresh compares without a check: what is not known then counts as unchanged. */
function before(state: Outputs, { row }: ServiceReadinessInputs): ServiceReadinessOutputs {
  return withCurrentNames({
    ...{ secrets: {}, row },
    ...state,
    ...inputsBefore.get(row),
  } as unknown as ServiceReadinessOutputs);
}

/** The inputs by which it is another one, of those that can be compared. */
function changedKeys(state: Outputs, news: ServiceReadinessOutputs): readonly string[] {
  const inputs = inputsBefore.get(news.row);
  // Compared under the names in the state: an update writes it under the current ones, by which dependents read it.
  return inputs === undefined
    ? changedInputs(
        { ...state },
        { ...news },
        inputKeys.filter((key) => key in state),
      )
    : changedInputs({ ...inputs }, { ...news }, inputKeys);
}

/** The services that are proven again, or not known to be ready, though nothing of theirs has changed: their gates are waited for, however soon they are ready. */
const provenAgain = new Set<string>();

/** Whether one of these services is proven again in this preview or update though nothing of it has changed. */
export function isProvenAgain(services: readonly string[]): boolean {
  return services.some((service) => provenAgain.has(service));
}

/** Starts the container if it is new and the coordinator does not start it, and applies to the coordinator what is wanted of it: probing begins at that moment. */
async function apply(
  inputs: ServiceReadinessOutputs,
  { again, restartFor = [] }: { readonly again: boolean; readonly restartFor?: readonly string[] },
): Promise<Outputs> {
  const { service, phase, container, generation, verification = 1, startIndex, after, supervision } = inputs;
  const { dependencies = {}, keptPasswords = [], limits, secrets, runs, schedule } = inputs;
  if (!inputs.external) await setLimits(service, container, limits, inputs.host);
  // What needs a service of its own phase waits for it: the coordinator starts it then.
  const waitsForNeeds =
    isStartedByCoordinator(inputs) || Object.values(dependencies).some(({ samePhase }) => samePhase);
  if (!waitsForNeeds && !inputs.external && !(await wasStartedAtCreation(container)))
    await startContainer(service, container, inputs.host);
  const client = await coordinator(inputs);
  await client.call("apply", {
    ...(inputs.replicaOf !== undefined && { replicaOf: inputs.replicaOf }),
    ...{ service, phase, container, generation, verification, startIndex, supervision, secrets, again },
    ...(waitsForNeeds && { waitsForNeeds }),
    ...(runs && { runs }),
    ...(schedule && { schedule }),
    after: [...after],
    restartFor: [...restartFor],
    needs: mapValues(dependencies, ({ onChange }) => onChange),
    readiness: specOf(inputs),
    ...(limits && { limits }),
    keptPasswords: [...keptPasswords],
  });
  return givenInputs(inputs, outputKeys);
}

function specOf(inputs: ServiceReadinessInputs): ReadinessSpec {
  return Object.fromEntries(
    specKeys.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])),
  ) as unknown as ReadinessSpec;
}

/**
 * Decides which generation this is, and whether it is proven again: as inputs, so that a preview knows them, and shows changes
 * of dependents and gates only where there will be some.
 */
export async function check(
  state: Partial<ServiceReadinessOutputs>,
  news: ServiceReadinessInputs,
): Promise<dynamic.CheckResult> {
  inputsBefore.set(news.row, state);
  const olds = withCurrentNames(state);
  const change = changeOf(olds, news);
  const staleReasons = change.replaced
    ? []
    : await shown(staleReasonsOf(olds as ServiceReadinessOutputs, news));
  reasonsOfCheck.set(news.row, staleReasons);
  const next = nextGeneration(olds, news, change, staleReasons);
  return { inputs: { ...news, ...next, wanted: wantedOf(news, next) } };
}

/** What the gate waits for; not known in a preview in which the generation, or a part of the spec, is not. */
function wantedOf(
  news: ServiceReadinessInputs,
  next: Pick<WantedService, "generation" | "verification">,
): WantedService | typeof unknown {
  const spec = specOf(news);
  const isKnown = next.generation !== unknown && !JSON.stringify(spec).includes(unknown);
  return isKnown ? { ...next, specHash: specHashOf(spec) } : unknown;
}

export async function create(inputs: ServiceReadinessOutputs): Promise<dynamic.CreateResult> {
  const outs = await shown(apply(inputs, { again: false }));
  return { id: `${inputs.phase}/${inputs.service}`, outs };
}

export async function update(
  _id: string,
  state: Outputs,
  news: ServiceReadinessOutputs,
): Promise<dynamic.UpdateResult> {
  const { replaced, restartFor } = changeOf(before(state, news), news);
  return { outs: await shown(apply(news, { again: !replaced, restartFor })) };
}

/**
 * A changed readiness spec is sent to the coordinator in place. So is one that the coordinator has lost with its memory,
 * and one whose service has ended since it was ready.
 */
export async function diff(
  _id: string,
  state: Outputs,
  news: ServiceReadinessOutputs,
): Promise<dynamic.DiffResult> {
  const olds = before(state, news);
  const change = changeOf(olds, news);
  const staleReasons = change.replaced ? [] : await reasonsFor(olds, news);
  const changed = changedKeys(state, news);
  // Another `whenFailing` is applied as well, and nothing is proven again for it.
  const changedSpec = changed.filter((key) => (specKeys as readonly string[]).includes(key));
  const isAnother = changedSpec.length > 0 && specHashOf(specOf(olds)) !== specHashOf(specOf(news));
  const expected = isAnother ? changedSpec : [];
  announce(news, change, staleReasons, expected);
  for (const text of passwordWarnings(olds, news)) rowWarning(news.row)(text);
  // What is not known to be ready is waited for by its gate, and nothing is done about it here.
  const stands = staleReasons.every(({ kind }) => kind === "unproven" || kind === "unreachable");
  if (staleReasons.some(({ kind }) => kind !== "unproven")) provenAgain.add(news.service);
  return { changes: changed.length > 0 || !stands };
}
