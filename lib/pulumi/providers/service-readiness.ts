import type { dynamic } from "@pulumi/pulumi";
import { mapValues } from "../../core/record.ts";
import type { Doubt } from "../../model/control.ts";
import type { KeptPassword } from "../../model/kept-passwords.ts";
import type { DependencyPolicy } from "../../model/needs.ts";
import type { Expectation } from "../../model/plan.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator } from "./coordinators.ts";
import { rowNotice, rowWarning } from "./row-progress.ts";
import { shown } from "./shown.ts";

/** A service that this one needs: what happens when its run is another one than before. */
export interface Dependency {
  readonly onChange: DependencyPolicy;
  readonly run: string;
  /** Whether it is of the same phase: a gate has not proven it yet. */
  readonly samePhase: boolean;
}

/** What the resource ServiceReadiness is told. */
export interface ServiceReadinessInputs extends Expectation {
  /** The resource's own URN, for notices about it. */
  readonly row: string;
  /** The id of the coordinator's container. */
  readonly coordinator: string;
  /** The engine's address; default as for docker itself. */
  readonly host?: string | undefined;
  readonly service: string;
  readonly phase: string;
  /** The id of the service's container. */
  readonly container: string;
  /** Its place in the order in which services are restarted. */
  readonly rank: number;
  /** Absent in state that an earlier version has written. */
  readonly dependencies?: Readonly<Record<string, Dependency>> | undefined;
  /** The passwords that it keeps in its volumes. Absent in state that an earlier version has written. */
  readonly keptPasswords?: readonly KeptPassword[] | undefined;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface ServiceReadinessOutputs extends ServiceReadinessInputs {
  /** Names this run and this expectation; another one makes the phase's gate prove again. */
  readonly registration: string;
  /** Names what an `up` has begun: this container, or its last restart that an `up` wanted. Absent in older state. */
  readonly run?: string | undefined;
}

const expectationKeys = [
  "validation",
  "level",
  "budget",
  "successThreshold",
  "failureThreshold",
  "failFast",
  "cadence",
  "restarts",
  "grace",
  "endpoint",
  "job",
  "probes",
] as const satisfies readonly (keyof Expectation)[];

const inputKeys = [
  ...["coordinator", "host", "service", "phase", "container", "dependencies", "rank", "secrets"],
  ...expectationKeys,
];

/** What an update does with the container besides telling the coordinator what is expected. */
interface Change {
  /** The needed services because of which it is restarted. */
  readonly restartFor: readonly string[];
  /** Why it does not stand any more, if so. */
  readonly doubt: Doubt | undefined;
  /** Whether all of it is about another container. */
  readonly replaced: boolean;
}

async function changeOf(olds: ServiceReadinessOutputs, news: ServiceReadinessInputs): Promise<Change> {
  const replaced = olds.container !== news.container;
  return {
    replaced,
    restartFor: replaced ? [] : changedDependencies(olds, news, "restart"),
    doubt: await doubtOf(olds),
  };
}

/** The needed services whose run is another one than before, of the edges with this policy. */
function changedDependencies(
  olds: ServiceReadinessInputs,
  news: ServiceReadinessInputs,
  policy: DependencyPolicy,
): string[] {
  const before = olds.dependencies ?? {};
  return Object.entries(news.dependencies ?? {}).flatMap(([needed, { onChange, run }]) =>
    onChange === policy && before[needed] !== undefined && before[needed].run !== run ? [needed] : [],
  );
}

/** Whether what runs afterwards is what ran before. */
function runStays({ replaced, restartFor, doubt }: Change): boolean {
  return !replaced && restartFor.length === 0 && doubt?.kind !== "fell";
}

/** Tells the coordinator that the container is there and what is expected of it: probing begins at that moment. */
async function expect(
  inputs: ServiceReadinessInputs,
  run: string,
  { again, restartFor = [] }: { readonly again: boolean; readonly restartFor?: readonly string[] },
): Promise<ServiceReadinessOutputs> {
  const { service, phase, container, dependencies, rank, secrets, keptPasswords = [] } = inputs;
  const expectation = Object.fromEntries(
    expectationKeys.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])),
  ) as unknown as Expectation;
  const client = await coordinator(inputs.coordinator, inputs.host);
  // What is of an earlier phase is ready by now: its gate has opened.
  const restartAfter = restartFor.filter((needed) => dependencies?.[needed]?.samePhase);
  const { registration } = await client.call("expect", {
    service,
    phase,
    container,
    run,
    again,
    needs: mapValues(dependencies ?? {}, ({ onChange }) => onChange),
    rank,
    ...(restartFor.length > 0 && { restartAfter }),
    expectation,
    keptPasswords: [...keptPasswords],
    secrets,
  });
  return { ...inputs, registration, run };
}

/** A name that says, in a diff, which container it is and since when. */
function newRun({ container }: ServiceReadinessInputs): string {
  return `${container.slice(0, 12)} since ${new Date().toISOString()}`;
}

export async function create(inputs: ServiceReadinessInputs): Promise<dynamic.CreateResult> {
  const outs = await shown(expect(inputs, newRun(inputs), { again: false }));
  return { id: `${inputs.phase}/${inputs.service}`, outs };
}

export async function update(
  _id: string,
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessInputs,
): Promise<dynamic.UpdateResult> {
  const change = await changeOf(olds, news);
  const run = (runStays(change) ? olds.run : undefined) ?? newRun(news);
  const { replaced, restartFor } = change;
  return { outs: await shown(expect(news, run, { again: !replaced, restartFor })) };
}

/**
 * A changed expectation is told anew, in place. So is one that the coordinator has lost with its memory, and one
 * whose service has ended since it was ready.
 */
export async function diff(
  _id: string,
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessInputs,
): Promise<dynamic.DiffResult> {
  const change = await changeOf(olds, news);
  const changed = changedInputs({ ...olds }, { ...news }, inputKeys);
  for (const text of notices(olds, news, change)) rowNotice(news.row)(text);
  for (const text of warnings(olds, news)) rowWarning(news.row)(text);
  return {
    changes: changed.length > 0 || (change.doubt !== undefined && change.doubt.kind !== "unproven"),
    // Known to whoever looks at it in a preview: dependents are shown as changed only where they will be.
    stables: runStays(change) ? ["run"] : [],
  };
}

/** What a reviewer should know before it happens. */
function notices(
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessInputs,
  { replaced, restartFor, doubt }: Change,
): string[] {
  if (replaced) return [];
  const { service } = news;
  const revalidateFor = changedDependencies(olds, news, "revalidate");
  const because = (names: readonly string[]) =>
    `${names.join(" and ")}, which it needs, ${names.length === 1 ? "is" : "are"} replaced or restarted`;
  return [
    ...(doubt?.kind === "fell" ? [`${service} will be started and proven again: ${doubt.text}`] : []),
    ...(restartFor.length > 0 ? [`${service} will be restarted: ${because(restartFor)}`] : []),
    ...(restartFor.length === 0 && revalidateFor.length > 0
      ? [`${service} will be proven again: ${because(revalidateFor)}`]
      : []),
  ];
}

/** What Pulumi hands over in a preview for a value that is not known yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What will go wrong unless somebody acts: a new value of a password that the service goes on keeping. */
export function warnings(
  olds: Pick<ServiceReadinessInputs, "secrets">,
  {
    service,
    keptPasswords = [],
    secrets,
  }: Pick<ServiceReadinessInputs, "service" | "keptPasswords" | "secrets">,
): string[] {
  const changed = keptPasswords.filter(({ secret }) => {
    const [before, after] = [olds.secrets[secret], secrets[secret]];
    return before !== undefined && after !== undefined && after !== unknownValue && before !== after;
  });
  return changed.map(
    ({ secret, volume }) =>
      `${service} keeps its password in its volume ${volume}: the new value of the secret ${secret} does not reach the data that is there, and will be refused unless the password is changed inside ${service} as well. See "Changing a password" in docs/environments.md.`,
  );
}

async function doubtOf({
  coordinator: container,
  host,
  service,
  registration,
}: ServiceReadinessOutputs): Promise<Doubt | undefined> {
  try {
    const client = await coordinator(container, host);
    return (await client.call("standing", { services: { [service]: registration } })).doubt;
  } catch {
    // A coordinator that does not answer knows nothing; the update that follows says why it does not.
    return { kind: "unknown", text: "the coordinator does not answer" };
  }
}
