/** How soon a system of small services is up, beside compose and beside what the engine itself takes. `npm run bench -- chain` runs it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { errorText } from "../lib/core/errors.ts";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import { runCommand } from "./command.ts";
import { findCompose } from "./compose.ts";
import { writeSection } from "./docs-section.ts";
import { describeMachine, waitForQuiet } from "./machine.ts";
import { programProject } from "./program-project.ts";
import { measureCompose } from "./shape/compose.ts";
import { measureFloor } from "./shape/floor.ts";
import { imageOf, measurePhasegate, removeShape, resetPhasegate } from "./shape/phasegate.ts";
import { shapeReport } from "./shape/report.ts";
import { settle, type ShapeRun } from "./shape/run.ts";
import { shapeNames } from "./shape/shapes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "10" },
    "late-ms": { type: "string", default: "500" },
    interval: { type: "string", default: "100ms" },
    "quiet-wait": { type: "string", default: "60" },
    "no-compose": { type: "boolean", default: false },
    json: { type: "string" },
    docs: { type: "boolean", default: false },
  },
});
const shape = shapeNames.find((name) => name === positionals[0]);
if (shape === undefined) throw new Error(`${positionals[0]}: one of ${shapeNames.join(", ")}`);
const { interval } = values;
const lateMs = Number(values["late-ms"]);
const runCount = Number(values.runs);
if (!Number.isInteger(runCount) || runCount < 1) throw new Error(`--runs ${values.runs}: a number from 1 on`);
if (!(lateMs >= 0)) throw new Error(`--late-ms ${values["late-ms"]}: milliseconds`);

const abort = new AbortController();
const interrupt = () => abort.abort(new Error("interrupted"));
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
const { signal } = abort;
const say = (text: string) => void process.stderr.write(`  … ${text}\n`);

const docker = dockerClient();
const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-compose-"));
const project = await programProject("shape", process.cwd(), "bench/shape/program.ts", signal);
try {
  await removeShape(docker);
  await project.configure({ shape, lateMs });
  const here = { cwd: process.cwd(), env: process.env, signal };
  const pulumi = (await runCommand("pulumi", ["version"], here)).stdout.trim();
  const compose = values["no-compose"] ? undefined : await findCompose(signal);
  say("once, not measured: what is not there yet is built now");
  await measurePhasegate(project, docker, shape);
  const image = await imageOf(docker);
  await resetPhasegate(project, docker);

  const phasegate: ShapeRun[] = [];
  const composed: ShapeRun[] = [];
  const floorMs: number[] = [];
  const contenders: (readonly [string, () => Promise<unknown>])[] = [
    [
      "phasegate",
      async () => {
        phasegate.push(await measurePhasegate(project, docker, shape));
        await resetPhasegate(project, docker);
      },
    ],
    [
      "the engine alone",
      async () => floorMs.push(await measureFloor(docker, { shape, lateMs, image }, signal)),
    ],
    ...(compose
      ? [
          [
            `compose ${compose.version}`,
            async () =>
              composed.push(
                await measureCompose(compose, docker, dir, { shape, lateMs, image, interval }, signal),
              ),
          ] as const,
        ]
      : []),
  ];
  const busyBefore = await waitForQuiet(Number(values["quiet-wait"]) * 1000, signal);
  for (let at = 0; at < runCount; at++) {
    // Each has every place in the turn, so that what one leaves behind meets all of them.
    for (const [name, run] of [...contenders, ...contenders]
      .slice(at % contenders.length)
      .slice(0, contenders.length)) {
      say(`run ${at + 1} of ${runCount}: ${name}`);
      await run();
      await settle(signal);
    }
  }
  const measured = {
    shape,
    lateMs,
    interval,
    machine: await describeMachine(docker),
    pulumi,
    busyBefore,
    floorMs,
    phasegate,
    compose: compose && { version: compose.version, runs: composed },
  };
  const report = shapeReport(measured);
  console.log(`\n${report}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, null, 2)}\n`);
  if (values.docs) await writeSection(shape, report);
} catch (error) {
  console.error(signal.aborted ? "\nInterrupted: taking away what was made." : errorText(error));
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  await removeShape(docker);
  project.remove();
  rmSync(dir, { recursive: true, force: true });
}
