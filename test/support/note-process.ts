/** Preloaded into every Node.js process of a command: each writes a line about itself, and one about each process that it starts. */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { basename, parse } from "node:path";
import { isMainThread } from "node:worker_threads";

const note = (line: string) => {
  appendFileSync(process.env["NOTED_PROCESSES"] ?? "", `${line}\n`);
};

const program = /[^/]+\/[^/]+$/.exec(process.argv[1] ?? "")?.[0] ?? "node -e";
// What it is told to load before its program.
const required = process.execArgv.filter((_, at) => process.execArgv[at - 1] === "--require");
if (isMainThread) note([program, ...required.map((path) => parse(path).name)].join(" "));
subscribe("child_process", (message) => {
  note(basename((message as { readonly process: ChildProcess }).process.spawnfile));
});
