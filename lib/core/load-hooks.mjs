// No TypeScript: it runs before types are stripped from a cache.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { loadedOnUse, seldomUsed } from "./loaded-on-use.mjs";

/**
 * What Node.js loads for a module.
 * @typedef {{ readonly format: "commonjs" | "module", readonly source: string }} Source
 */

/** A module that loads the real one of its name when something of it is first used. @type {Source} */
const onUse = {
  format: "commonjs",
  source: loadedOnUse("() => (delete require.cache[__filename], require(__filename))"),
};

/** A file that exports a function of each of many files, of which hardly ever one is called: zod's languages. */
const seldomCalled = "zod/v4/locales/index.js";

/** That module, with functions that load their file when they are called. @param {string} url @returns {Source} */
const onCall = (url) => ({
  format: "module",
  source: `
    import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    ${readFileSync(new URL(url), "utf8").replaceAll(
      /^export \{ default as (\w+) \} from ("[^"]+");$/gm,
      "export const $1 = (...given) => require($2).default(...given);",
    )}`,
});

/** @type {Set<string>} */
const loaded = new Set();

/**
 * Has Node.js run what packages require and hardly ever use when it is used. Who imports it gets it at once, with all of its names.
 * @param {readonly string[]} further files of packages for which that goes too: "typescript/lib/typescript.js"
 * @param {Readonly<Record<string, Source>>} instead what is first required in place of a module, by its file in its package
 */
export function loadOnUse(further = [], instead = {}) {
  /** @type {Readonly<Record<string, Source>>} */
  const required = {
    ...Object.fromEntries([...seldomUsed, ...further].map((file) => [file, onUse])),
    ...instead,
  };
  registerHooks({
    load(url, context, next) {
      const file = url.split("/node_modules/").at(-1) ?? "";
      const isRequired = context.conditions.includes("require");
      const source = isRequired ? required[file] : file === seldomCalled ? onCall(url) : undefined;
      if (source === undefined || loaded.has(url)) return next(url, context);
      loaded.add(url);
      return { ...source, shortCircuit: true };
    },
  });
}
