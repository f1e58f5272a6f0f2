import { connectEngine } from "../../engine/docker-engine.ts";
import type { Engine } from "../../engine/engine.ts";
import type { StaleReason } from "../../model/control-answers.ts";
import { isExternalWorkload } from "../../model/external-workload.ts";
import { runsAtUp } from "../../model/job.ts";
import type { DependencyPolicy } from "../../model/needs.ts";
import { coordinatorAsItIs } from "./coordinators.ts";
import type { Dependency, ServiceReadinessInputs, ServiceReadinessOutputs } from "./readiness-inputs.ts";
import { anyGeneration } from "./readiness-inputs.ts";
import { unknown } from "./unknown.ts";

/** Why a readiness no longer holds, or is not known to. */
export type ReadinessReason =
  | StaleReason
  /** The coordinator cannot be asked as it is. It has kept what it knows, and says so once it is started. */
  | { readonly kind: "unreachable"; readonly text: string };

/** What an update does with a service besides telling the coordinator what is expected of it. */
export interface ReadinessChange {
  /** Whether all of it is about another container. */
  readonly replaced: boolean;
  /** The needed services because of which it is restarted. */
  readonly restartFor: readonly string[];
  /** The needed services because of which it is verified again while it runs. */
  readonly revalidateFor: readonly string[];
  /** Why a job is run again, besides the others; undefined where it is not, or is run for the first time. */
  readonly runsAgain: "everyUp" | "replaced" | undefined;
}

/** Follows from the inputs alone: a preview, the update and its repetition say the same. */
export function changeOf(
  olds: Partial<ServiceReadinessOutputs>,
  news: ServiceReadinessInputs,
): ReadinessChange {
  const replaced = olds.container !== news.container;
  const restartFor = replaced ? [] : changedDependencies(olds, news, "restart");
  const revalidateFor =
    replaced || restartFor.length > 0 ? [] : changedDependencies(olds, news, "revalidate");
  const again = replaced ? "replaced" : "everyUp";
  const isRun = replaced
    ? olds.container !== undefined && news.job && runsAtUp(news)
    : news.runs === "everyUp";
  const runsAgain = isRun ? again : undefined;
  return { replaced, restartFor, revalidateFor, runsAgain };
}

/** The needed services whose generation is another one than before, of the edges with this policy. */
function changedDependencies(
  olds: Partial<ServiceReadinessOutputs>,
  news: ServiceReadinessInputs,
  policy: DependencyPolicy,
): string[] {
  // State that an earlier version has written names generations differently.
  const before = olds.verification === undefined ? {} : (olds.dependencies ?? {});
  const isChanged = ([needed, { generation }]: readonly [string, Dependency]) =>
    before[needed] !== undefined &&
    before[needed].generation !== anyGeneration &&
    before[needed].generation !== generation;
  const all = Object.entries(news.dependencies ?? {});
  // Of instances, one that is as it was has gone on serving: what needs them has lost nothing.
  const goesOn = new Set(
    all.flatMap(([needed, one]) =>
      one.replicaOf !== undefined && before[needed] !== undefined && !isChanged([needed, one])
        ? [one.replicaOf]
        : [],
    ),
  );
  return all.flatMap(([needed, one]) =>
    one.onChange === policy &&
    isChanged([needed, one]) &&
    !(one.replicaOf !== undefined && goesOn.has(one.replicaOf))
      ? [needed]
      : [],
  );
}

/** Names what runs: the container, and which generation of it an `up` has begun. A preview does not know a container yet. */
export function nextGeneration(
  olds: Partial<ServiceReadinessOutputs>,
  { container }: ServiceReadinessInputs,
  { replaced, restartFor, revalidateFor, runsAgain }: ReadinessChange,
  staleReasons: readonly ReadinessReason[],
): { readonly generation: string; readonly verification: number } {
  if (container === unknown) return { generation: unknown, verification: 1 };
  const what = isExternalWorkload(container) ? container : container.slice(0, 12);
  const name = (n: number) => `${what} generation ${n}`;
  if (replaced || olds.generation === undefined) return { generation: name(1), verification: 1 };
  const { verification = 1 } = olds;
  // Verifications are counted on: a coordinator that has seen one takes a lower one for an old wish.
  const another = () => name(Number(/\d+$/.exec(olds.generation ?? "")?.[0] ?? 0) + 1);
  // Its gate waits for that run, whatever the one before came to.
  if (runsAgain !== undefined) return { generation: another(), verification: verification + 1 };
  if (restartFor.length > 0 || staleReasons.some(({ kind }) => kind === "ended"))
    return { generation: another(), verification };
  // Another coordinator may probe otherwise, and one that has lost its volume knows nothing.
  const forgotten = staleReasons.some(({ kind }) => kind === "forgotten");
  return {
    generation: olds.generation,
    verification: verification + (revalidateFor.length > 0 || forgotten ? 1 : 0),
  };
}

/** The coordinators that could not be asked in this preview or update, each with the words for it. */
const unreachable = new Map<string, string>();

/**
 * Why a readiness no longer holds, as the coordinator says. A service that is replaced is not looked up: in
 * the update it is gone by then. Where the coordinator cannot say, the engine says at least whether the service has ended.
 */
export async function staleReasonsOf(
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessInputs,
): Promise<readonly ReadinessReason[]> {
  const reason =
    olds.coordinator === news.coordinator
      ? await asCoordinatorSays(olds)
      : ({ kind: "forgotten", text: "the coordinator is replaced" } as const);
  const text = unreachable.get(olds.coordinator);
  // Once it has been started it can be asked: what is said then is what a preview says, which does not start it.
  if (text !== undefined && reason === undefined) return [{ kind: "unreachable", text }];
  const asEngine =
    reason?.kind === "unknown" || reason?.kind === "forgotten" || reason?.kind === "unreachable";
  return [...(reason ? [reason] : []), ...(asEngine ? await asEngineSays(olds) : [])];
}

async function asCoordinatorSays(olds: ServiceReadinessOutputs): Promise<ReadinessReason | undefined> {
  const { service, wanted } = olds;
  if (wanted === undefined) return { kind: "forgotten", text: "the coordinator is of an earlier version" };
  try {
    const client = await coordinatorAsItIs(olds);
    return (await client.call("staleness", { services: { [service]: wanted } })).reason;
  } catch {
    // The update that follows starts it, or says why it does not answer.
    const state = await engine(olds).inspect(olds.coordinator);
    if (state === undefined) return { kind: "forgotten", text: "the coordinator is gone" };
    const text = `the coordinator ${state.running ? "does not answer" : "is stopped, and will be started"}`;
    unreachable.set(olds.coordinator, text);
    return { kind: "unreachable", text };
  }
}

async function asEngineSays(olds: ServiceReadinessOutputs): Promise<StaleReason[]> {
  const { container, service, job, external } = olds;
  if (external) return [];
  const state = await engine(olds).inspect(container);
  if (state === undefined) return [{ kind: "gone", text: `the container of ${service} is gone` }];
  const hasEnded = !state.running && state.finishedMs !== undefined && !(job && state.exitCode === 0);
  return hasEnded ? [{ kind: "ended", text: `${service} has ended` }] : [];
}

function engine({ host }: Pick<ServiceReadinessInputs, "host">): Engine {
  return connectEngine({ host });
}
