/** Puts right what stands between a stack's state and the engine: after a Pulumi that was killed, after a hand that removed things. */
import { root } from "../bootstrap/paths.mjs";
import { mustRun } from "../bootstrap/run.mjs";
import type { EngineKind, EngineThing } from "./engine-contents.ts";
import { engineContents, ofStack, removeThings } from "./engine-contents.ts";
import { configOptions } from "./stack-config.ts";
import type { StackState } from "./stack-state.ts";

/** The things of the engine that a state may know, by the type of their resource. */
const kinds: Readonly<Record<string, EngineKind>> = {
  "docker:index/container:Container": "container",
  "docker:index/network:Network": "network",
  "docker:index/volume:Volume": "volume",
};

/**
 * Pulumi goes on after a kill, but it does not know what became of the operations that ran, and says so at every later
 * run. What was being changed or deleted is read again from the engine; what was being created and is there although
 * the state does not know it would be in the way of the next attempt, and is removed. Volumes are never removed:
 * creating one that exists is no error, and they hold data.
 *
 * @param env in which `pulumi` runs
 * @returns what was done, in words; undefined when there was nothing to do
 */
export async function settleInterrupted(
  stack: string,
  { resources, pending }: StackState,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (pending.length === 0) return undefined;
  const unknown = unknownCreations(await engineContents(), stack, { resources, pending });
  await removeThings(unknown);
  const urns = new Set(resources.map(({ urn }) => urn));
  const changing = pending.map(({ resource }) => resource.urn).filter((urn) => urns.has(urn));
  const rootUrn = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
  const targets = changing.length > 0 ? changing : rootUrn === undefined ? [] : [rootUrn];
  await refresh(stack, targets, env, "settle what a killed Pulumi left open");
  const settled = `settled ${pending.length} interrupted operation${pending.length === 1 ? "" : "s"}`;
  return unknown.length > 0 ? `${settled}, removed ${unknown.map(({ name }) => name).join(", ")}` : settled;
}

/** What has come to be of the creations that were under way, without the state knowing. */
function unknownCreations(
  things: readonly EngineThing[],
  stack: string,
  { resources, pending }: StackState,
): EngineThing[] {
  const known = new Set(resources.map(({ id }) => id));
  const creating = pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
  // A name may belong to somebody else's container: labels decide.
  return ofStack(things, { stack }).filter(
    ({ kind, id, name }) =>
      kind !== "volume" &&
      !known.has(id) &&
      creating.some(({ type, inputs }) => kinds[type] === kind && inputs["name"] === name),
  );
}

/**
 * What the state knows and the engine no longer has, `docker rm -f` for instance, is taken out of the state, so that
 * the `up` that follows creates it again.
 * @returns what was done, in words; undefined when nothing is missing
 */
export async function forgetMissing(
  stack: string,
  { resources }: StackState,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const onEngine = resources.filter(({ type, id }) => kinds[type] !== undefined && id !== undefined);
  if (onEngine.length === 0) return undefined;
  const ids = new Set((await engineContents()).map(({ id }) => id));
  const missing = onEngine.filter(({ id }) => id !== undefined && !ids.has(id));
  if (missing.length === 0) return undefined;
  await refresh(
    stack,
    missing.map(({ urn }) => urn),
    env,
    "take what is gone out of the state",
  );
  const names = missing.map(({ type, inputs }) => `${kinds[type]} ${String(inputs["name"])}`);
  return `${names.join(", ")}: gone from the engine, created again by this up`;
}

async function refresh(
  stack: string,
  targets: readonly string[],
  env: NodeJS.ProcessEnv,
  purpose: string,
): Promise<void> {
  const args = ["refresh", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"];
  await mustRun(
    purpose,
    "pulumi",
    [
      ...args,
      "--clear-pending-creates",
      ...configOptions(stack),
      ...targets.flatMap((urn) => ["--target", urn]),
    ],
    { env, cwd: root },
  );
}
