// What Pulumi's two processes of Node.js run before anything else: the program by `nodeargs` in Pulumi.yaml, the provider of dynamic
// resources by the launcher beside this file. Without it both do the same, and each needs a third of a second longer. It is no
// TypeScript, since it runs before types are stripped from a cache.
import { registerHooks } from "node:module";
import { keepCompiled } from "../../core/compile-cache.mjs";

keepCompiled();

/** What Pulumi's SDK loads at its start and uses only to serialise functions, which nothing of phasegate has it do. */
const seldomUsed = /\/node_modules\/(typescript\/lib\/typescript|@npmcli\/arborist\/lib\/index)\.js$/;

/** The source of a module that loads the real one of its name when something of it is first used. */
const loadedOnUse = `
let real;
const load = () => {
  delete require.cache[__filename];
  return require(__filename);
};
const own = { __proto__: null, __esModule: true };
module.exports = new Proxy(own, { get: (_, name) => own[name] ?? (real ??= load())[name] });
`;

/** @type {Set<string>} */
const postponed = new Set();

registerHooks({
  load(url, context, next) {
    if (!seldomUsed.test(url) || postponed.has(url)) return next(url, context);
    postponed.add(url);
    return { format: "commonjs", source: loadedOnUse, shortCircuit: true };
  },
});
