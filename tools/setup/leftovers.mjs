// What a stack has on the engine, found by labels: that works without any state.
import { engineCall, engineJson, engineMessage } from "./engine-api.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {object} Leftovers names of what the engine has of a stack
 * @property {string[]} containers
 * @property {string[]} networks
 * @property {string[]} volumes
 */

/** @param {string} stack @param {string} declaration @returns {Promise<Leftovers>} */
export async function findLeftovers(stack, declaration) {
  const filters = JSON.stringify({
    label: [`phasegate.stack=${stack}`, `phasegate.declaration=${declaration}`],
  });
  const [containers, networks, volumes] = await Promise.all([
    engineJson("/containers/json", { query: { all: "1", filters } }),
    engineJson("/networks", { query: { filters } }),
    engineJson("/volumes", { query: { filters } }),
  ]);
  /** @param {{ Name: string }[] | null | undefined} found */
  const names = (found) => (found ?? []).map(({ Name }) => Name).sort();
  return {
    containers: containers
      .map((/** @type {{ Names: string[] }} */ { Names }) => (Names[0] ?? "").slice(1))
      .sort(),
    networks: names(networks),
    volumes: names(volumes.Volumes),
  };
}

/** What one kind of thing is removed with. */
const paths = {
  containers: (/** @type {string} */ name) => `/containers/${name}?force=true`,
  networks: (/** @type {string} */ name) => `/networks/${name}`,
  volumes: (/** @type {string} */ name) => `/volumes/${name}`,
};

/** @param {keyof Leftovers} kind @param {readonly string[]} names */
export async function removeAll(kind, names) {
  await Promise.all(
    names.map(async (name) => {
      const { status, text } = await engineCall(paths[kind](name), { method: "DELETE" });
      // Already gone is as good as removed.
      if (status >= 400 && status !== 404)
        throw new SetupError(`could not remove ${name}: ${engineMessage(text)}`);
    }),
  );
}
