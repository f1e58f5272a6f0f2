// Has Pulumi's two processes of Node.js start sooner: without it both do the same. It is no TypeScript, since it runs before types are
// stripped from a cache.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { keepCompiled } from "../../core/compile-cache.mjs";
import { loadedOnUse, seldomUsed } from "../../core/loaded-on-use.mjs";

keepCompiled();

/** What Pulumi's SDK loads at every start, and hardly ever uses. */
const seldomUsedOfPulumi = [
  // It serialises functions by them, which nothing of phasegate has it do.
  "typescript/lib/typescript.js",
  "@npmcli/arborist/lib/index.js",
  "normalize-package-data/lib/normalize.js",
  // Nobody asks it for anything: it translates the positions in stack traces, and types are stripped in place.
  "source-map-support/register.js",
  // It runs Pulumi for programs that Pulumi does not run.
  "@pulumi/pulumi/automation/index.js",
];

/**
 * What Node.js loads for a module.
 * @typedef {{ readonly format: "commonjs" | "module", readonly source: string }} Source
 */

/** A module that loads the real one of its name when something of it is first used. @type {Source} */
const onUse = {
  format: "commonjs",
  source: loadedOnUse("() => (delete require.cache[__filename], require(__filename))"),
};

/** @param {string} file @returns {Source} */
const standIn = (file) => ({
  format: "module",
  source: readFileSync(new URL(`stand-ins/${file}`, import.meta.url), "utf8"),
});

/** What is loaded first in place of a module, by its file in its package. @type {Readonly<Record<string, Source>>} */
const first = {
  ...Object.fromEntries([...seldomUsedOfPulumi, ...seldomUsed].map((file) => [file, onUse])),
  "@pulumi/pulumi/log/index.js": standIn("log.mjs"),
  "@pulumi/pulumi/runtime/debuggable.js": standIn("debuggable.mjs"),
  "@pulumi/pulumi/runtime/closure/v8Hooks.js": standIn("v8-hooks.mjs"),
  "@pulumi/pulumi/cmd/run/tracing.js": standIn("tracing.mjs"),
};

/** @type {Set<string>} */
const loaded = new Set();

registerHooks({
  load(url, context, next) {
    const instead = first[url.split("/node_modules/").at(-1) ?? ""];
    if (instead === undefined || loaded.has(url)) return next(url, context);
    loaded.add(url);
    return { ...instead, shortCircuit: true };
  },
});
