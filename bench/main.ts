/** The benchmark. `npm run bench` sets up what it needs and runs it; docs/benchmarks.md says what it measures. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { errorText } from "../lib/core/errors.ts";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import { validationLevels } from "../lib/model/level.ts";
import { runCommand } from "./command.ts";
import { describeMachine } from "./machine.ts";
import { findCompose } from "./compose.ts";
import type { ComposeRun } from "./measure-compose.ts";
import { measureCompose } from "./measure-compose.ts";
import type { MeasureOptions, UpRun } from "./measure-up.ts";
import { measureUp, removeStack } from "./measure-up.ts";
import { reportText } from "./report.ts";
import { makeWorkspace } from "./workspace.ts";

/** As teams write it, and the shortest that an engine before version 25 can do. */
const intervals = ["5s", "1s"];

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    json: { type: "string" },
    level: { type: "string", default: "comprehensive" },
    "port-base": { type: "string", default: "14000" },
    "quiet-wait": { type: "string", default: "60" },
    "no-compose": { type: "boolean", default: false },
  },
});
const runCount = Number(values.runs);
const level = validationLevels.find((name) => name === values.level);
if (!Number.isInteger(runCount) || runCount < 1) throw new Error(`--runs ${values.runs}: a number from 1 on`);
if (level === undefined) throw new Error(`--level ${values.level}: one of ${validationLevels.join(", ")}`);

const abort = new AbortController();
const interrupt = () => abort.abort(new Error("interrupted"));
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);

const root = process.cwd();
const docker = dockerClient();
const { signal } = abort;
const say = (text: string) => void process.stderr.write(`  … ${text}\n`);
const options: MeasureOptions = {
  docker,
  signal,
  say,
  repeat: 3,
  quietWaitMs: Number(values["quiet-wait"]) * 1000,
};

const workspace = await makeWorkspace({ root, level, portBase: Number(values["port-base"]), signal });
try {
  const pulumi = (
    await runCommand("pulumi", ["version"], { cwd: root, env: process.env, signal })
  ).stdout.trim();
  say("once, not measured: what is not there yet is built now");
  await measureUp(workspace, { ...options, repeat: 1, quietWaitMs: 0 });

  const runs: UpRun[] = [];
  for (let at = 0; at < runCount; at++) {
    say(`run ${at + 1} of ${runCount}`);
    runs.push(await measureUp(workspace, options));
  }
  await removeStack(docker);

  const compose = values["no-compose"] ? undefined : await findCompose(signal);
  const composeRuns: ComposeRun[] = [];
  if (compose !== undefined) {
    const images = Object.entries(runs[0]?.images ?? {}).map(
      ([name, image]) => [name, image.replace(/ \(.*\)$/, "")] as const,
    );
    for (let at = 0; at < runCount; at++) {
      for (const interval of intervals) {
        const run = measureCompose(compose, workspace, Object.fromEntries(images), interval, options);
        composeRuns.push(await run);
      }
    }
  }

  const measured = {
    machine: await describeMachine(docker),
    pulumi,
    declaration: workspace.plan.name,
    level,
    runs,
    compose: compose && { version: compose.version, runs: composeRuns },
  };
  console.log(`\n${reportText(measured)}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, null, 2)}\n`);
} catch (error) {
  console.error(signal.aborted ? "\nInterrupted: taking away what was made." : errorText(error));
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  await removeStack(docker);
  workspace.remove();
}
