// What Pulumi's two processes of Node.js run before anything else: the program by `nodeargs` in Pulumi.yaml, the provider of dynamic
// resources by the launcher beside this file. Without it both do the same, and each needs a third of a second longer. It is no
// TypeScript, since it runs before types are stripped from a cache.
import { registerHooks } from "node:module";
import { keepCompiled } from "../../core/compile-cache.mjs";

keepCompiled();

/** What is loaded at every start, and hardly ever used. */
const seldomUsed = [
  // Pulumi's SDK serialises functions by them, which nothing of phasegate has it do.
  "/typescript/lib/typescript.js",
  "/@npmcli/arborist/lib/index.js",
  // Nobody asks it for anything: it translates the positions in stack traces, and types are stripped in place.
  "/source-map-support/register.js",
  // An engine that is reached by ssh, and one that is asked to build an image.
  "/docker-modem/lib/ssh.js",
  "/dockerode/lib/session.js",
];

/** The source of a module that loads the real one of its name when something of it is first used. */
const loadedOnUse = `
let real;
const load = () => {
  delete require.cache[__filename];
  return require(__filename);
};
module.exports = new Proxy(() => {}, {
  get: (_, name) => (name === "__esModule" ? true : (real ??= load())[name]),
  apply: (_, self, given) => Reflect.apply((real ??= load()), self, given),
});
`;

/** @type {Set<string>} */
const postponed = new Set();

registerHooks({
  load(url, context, next) {
    if (!seldomUsed.some((file) => url.endsWith(`node_modules${file}`)) || postponed.has(url))
      return next(url, context);
    postponed.add(url);
    return { format: "commonjs", source: loadedOnUse, shortCircuit: true };
  },
});
