#!/usr/bin/env node
// Runs the command on a Node.js that runs TypeScript: this one, or the one that the project brings along.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { keepCompiled } from "../lib/core/compile-cache.mjs";
import { nodeTooOld } from "../lib/core/node-version.cjs";
import { runInForeground } from "../tools/bootstrap/foreground.mjs";

const main = fileURLToPath(new URL("../lib/cli/main.ts", import.meta.url));
const own = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
const why = nodeTooOld();

if (why === undefined) {
  keepCompiled();
  const { loadOnUse } = await import("../lib/core/load-hooks.mjs");
  loadOnUse();
  await import(main);
} else if (existsSync(own)) {
  // A command that waits says at a Ctrl-C what goes on without it: this process waits for that.
  const place = { env: process.env, cwd: process.cwd() };
  process.exitCode = await runInForeground(own, [main, ...process.argv.slice(2)], place);
} else {
  console.error(why);
  process.exitCode = 2;
}
