/** How soon a system of small services is up, beside compose and beside what the engine itself takes. `npm run bench -- chain` runs it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Argument, Option } from "commander";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import type { RivalOptions } from "./benchmark.ts";
import { benchmark, duration, notNegative, runBenchmark, withRivalOptions } from "./benchmark.ts";
import { findCompose } from "./compose.ts";
import type { Contender } from "./in-turn.ts";
import { inTurn } from "./in-turn.ts";
import { waitForQuiet } from "./machine.ts";
import type { ProgramProject } from "./program-project.ts";
import { programProject } from "./program-project.ts";
import { describeSetting } from "./setting.ts";
import { measureBare, openBare } from "./shape/bare.ts";
import { measureCompose, openComposeShape } from "./shape/compose.ts";
import { measureFloor } from "./shape/floor.ts";
import { imageOf, measurePhasegate, removeShape, resetPhasegate } from "./shape/phasegate.ts";
import { shapeReport } from "./shape/report.ts";
import type { ShapeRun } from "./shape/run.ts";
import type { ShapeName } from "./shape/shapes.ts";
import { shapeNames } from "./shape/shapes.ts";

interface Options extends RivalOptions {
  readonly lateMs: number;
  readonly interval?: string;
}

/**
 * The quickest that Compose is with: each check is a process, and those of many services every 100 ms would be more of them than two
 * processors begin.
 */
const checkIntervals: Readonly<Record<ShapeName, string>> = {
  chain: "100ms",
  diamond: "100ms",
  fan: "1s",
  many: "1s",
};

const command = withRivalOptions(
  benchmark(
    shapeNames.join("|"),
    "Measures how soon small services are up, each of them ready a fixed time after its start: six in a row (chain); one, four, one (diamond); one, twelve (fan); forty in one phase (many). In turn with docker compose, where that is installed, and with the engine alone, told when to start what.",
  ),
)
  .addArgument(new Argument("<shape>").choices(shapeNames))
  .addOption(
    new Option("--late-ms <n>", "how long after its start each service is ready")
      .argParser(notNegative)
      .default(500),
  )
  .addOption(
    new Option(
      "--interval <time>",
      `the time between compose's health checks (default: ${Object.entries(checkIntervals)
        .map(([shape, time]) => `${time} of ${shape}`)
        .join(", ")})`,
    ).argParser(duration),
  );

await runBenchmark(command, async ({ signal, say }) => {
  const { runs, quietWait, compose: wanted, lateMs, ...options } = command.opts<Options>();
  const shape = command.args[0] as ShapeName;
  const interval = options.interval ?? checkIntervals[shape];
  const docker = dockerClient();
  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-compose-"));
  const project = await programProject("shape", process.cwd(), "bench/shape/program.ts", signal);
  const projects: ProgramProject[] = [project];
  try {
    await removeShape(docker);
    await project.configure({ shape, lateMs });
    const compose = wanted ? await findCompose(signal) : undefined;
    say("once, not measured: what is not there yet is built now");
    await measurePhasegate(project, docker, shape);
    const image = await imageOf(docker);
    await resetPhasegate(project, docker);

    const phasegate: ShapeRun[] = [];
    const composed: ShapeRun[] = [];
    const bare: ShapeRun[] = [];
    const floorMs: number[] = [];
    const contenders: Contender[] = [
      {
        name: "phasegate",
        run: async () => {
          phasegate.push(await measurePhasegate(project, docker, shape));
          await resetPhasegate(project, docker);
        },
      },
      {
        name: "the engine alone",
        run: async () => {
          const phasesMs = await measureFloor(docker, { shape, lateMs, image }, signal);
          floorMs.push(phasesMs.reduce((sum, ms) => sum + ms, 0));
        },
      },
    ];
    // The aims are the chain's, and this says how much of what is missing to them is Pulumi's own.
    if (shape === "chain") {
      const program = await openBare({ shape, lateMs, image }, signal);
      projects.push(program);
      contenders.push({
        name: "bare Pulumi",
        run: async () => bare.push(await measureBare(program, docker, shape)),
      });
    }
    if (compose !== undefined) {
      const rival = openComposeShape(compose, dir, { shape, lateMs, image, interval });
      contenders.push({
        name: `compose ${compose.version}`,
        run: async () => composed.push(await measureCompose(rival, docker, shape, signal)),
      });
    }
    const busyBefore = await waitForQuiet(quietWait * 1000, signal);
    await inTurn(contenders, runs, { signal, say });
    const setting = await describeSetting(docker, compose, busyBefore, signal);
    const measured = { shape, lateMs, interval, setting, floorMs, phasegate, compose: composed, bare };
    return { measured, report: shapeReport(measured), section: shape };
  } finally {
    await removeShape(docker);
    for (const one of projects) one.remove();
    rmSync(dir, { recursive: true, force: true });
  }
});
