// Has Pulumi's two processes of Node.js start sooner: without it both do the same. It is no TypeScript, since it runs before types are
// stripped from a cache.
import { readFileSync } from "node:fs";
import { keepCompiled } from "../../core/compile-cache.mjs";
import { loadOnUse } from "../../core/load-hooks.mjs";

/** What Pulumi's SDK loads at every start, and hardly ever uses. */
const seldomUsed = [
  // It serialises functions by them, which nothing of phasegate has it do.
  "typescript/lib/typescript.js",
  "@npmcli/arborist/lib/index.js",
  "normalize-package-data/lib/normalize.js",
  // Nobody asks it for anything: it translates the positions in stack traces, and types are stripped in place.
  "source-map-support/register.js",
  // It compares versions of packages where a resource is handed over to another.
  "semver/index.js",
  // It runs Pulumi for programs that Pulumi does not run.
  "@pulumi/pulumi/automation/index.js",
];

/** @param {string} file @returns {import("../../core/load-hooks.mjs").Source} */
const standIn = (file) => ({
  format: "module",
  source: readFileSync(new URL(`stand-ins/${file}`, import.meta.url), "utf8"),
});

keepCompiled();
loadOnUse(seldomUsed, {
  "@pulumi/pulumi/log/index.js": standIn("log.mjs"),
  "@pulumi/pulumi/runtime/debuggable.js": standIn("debuggable.mjs"),
  "@pulumi/pulumi/runtime/closure/v8Hooks.js": standIn("v8-hooks.mjs"),
  "@pulumi/pulumi/cmd/run/tracing.js": standIn("tracing.mjs"),
});
