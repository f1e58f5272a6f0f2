// Puts a stack right that a killed Pulumi left in the middle of something.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectName, stateFolder } from "./backend.mjs";
import { engineCall, engineJson } from "./engine-api.mjs";
import { mustRun } from "./run.mjs";

/**
 * @typedef {object} Resource as Pulumi's state has it
 * @property {string} urn
 * @property {string} type
 * @property {string} [id]
 * @property {Record<string, unknown>} [inputs]
 * @typedef {{ type: string, resource: Resource }} Operation
 */

/** The state of a stack kept in files. @param {string} stack @returns {{ resources: Resource[], operations: Operation[] } | undefined} */
export function readState(stack) {
  const folder = stateFolder();
  if (folder === undefined) return undefined;
  try {
    const { latest } = JSON.parse(
      readFileSync(join(folder, "stacks", projectName(), `${stack}.json`), "utf8"),
    ).checkpoint;
    return { resources: latest?.resources ?? [], operations: latest?.pending_operations ?? [] };
  } catch {
    return undefined;
  }
}

/**
 * Pulumi goes on after a kill, but it does not know what became of the operations that ran, and says so at every later
 * run. What was being changed or deleted is read again from the engine; what was being created and is there although
 * the state does not know it would be in the way of the next attempt, and is removed. Volumes are never removed:
 * creating one that exists is no error, and they hold data.
 *
 * @param {string} stack
 * @param {NodeJS.ProcessEnv} env in which `pulumi` runs
 * @returns {Promise<string | undefined>} what was done, in words
 */
export async function settleInterrupted(stack, env) {
  const state = readState(stack);
  if (state === undefined || state.operations.length === 0) return undefined;
  const known = new Set(state.resources.map(({ id }) => id));
  const removed = [];
  for (const { type, resource } of state.operations) {
    if (type === "creating") removed.push(...(await removeUnknown(resource, stack, known)));
  }
  const urns = new Set(state.resources.map(({ urn }) => urn));
  const changing = state.operations.map(({ resource }) => resource.urn).filter((urn) => urns.has(urn));
  const root = state.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
  const targets = changing.length > 0 ? changing : root === undefined ? [] : [root];
  const args = [
    "refresh",
    "--stack",
    stack,
    "--yes",
    "--skip-preview",
    "--non-interactive",
    "--clear-pending-creates",
  ];
  await mustRun(
    "settle what a killed Pulumi left open",
    "pulumi",
    [...args, ...targets.flatMap((urn) => ["--target", urn])],
    { env },
  );
  const count = state.operations.length;
  return `settled ${count} interrupted operation${count === 1 ? "" : "s"}${removed.length > 0 ? `, removed ${removed.join(", ")}` : ""}`;
}

/** @param {Resource} resource @param {string} stack @param {ReadonlySet<string | undefined>} known ids in the state @returns {Promise<string[]>} */
async function removeUnknown({ type, inputs }, stack, known) {
  const name = inputs?.["name"];
  if (typeof name !== "string") return [];
  const kind =
    type === "docker:index/container:Container"
      ? "containers"
      : type === "docker:index/network:Network"
        ? "networks"
        : undefined;
  if (kind === undefined) return [];
  const found = await engineJson(kind === "containers" ? `/containers/${name}/json` : `/networks/${name}`);
  // A network is also found by the beginning of its id, and a name may belong to somebody else's: labels decide.
  if (found === undefined || known.has(found.Id)) return [];
  const labels = found.Config?.Labels ?? found.Labels ?? {};
  if (labels["phasegate.stack"] !== stack) return [];
  await engineCall(`/${kind}/${found.Id}${kind === "containers" ? "?force=true" : ""}`, { method: "DELETE" });
  return [name];
}
