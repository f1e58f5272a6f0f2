/** How long a big declaration takes to resolve, and to preview. `npm run bench -- plan` runs it. */
import { Option } from "commander";
import { resolvePlan } from "phasegate";
import {
  benchmark,
  docsOption,
  jsonOption,
  runBenchmark,
  runsOption,
  wholeNumber,
  wholeNumbers,
} from "./benchmark.ts";
import type { Size } from "./big-declaration.ts";
import { bigDeclaration, bigProfile } from "./big-declaration.ts";
import { markdownTable, seconds, spread } from "./comparison.ts";
import type { Processors } from "./machine.ts";
import { describeProcessors } from "./machine.ts";
import { median } from "./median.ts";
import type { ProgramProject } from "./program-project.ts";
import { programProject } from "./program-project.ts";

/** What was measured of one declaration. Times in milliseconds. */
interface MeasuredSize extends Size {
  readonly timesMs: readonly number[];
  /** Of its plan, as JSON. */
  readonly bytes: number;
  readonly previewMs: number | undefined;
}

interface PlanMeasured {
  readonly machine: Processors;
  readonly runs: number;
  readonly sizes: readonly MeasuredSize[];
}

interface Options {
  readonly services: readonly number[];
  readonly phases: number;
  readonly runs: number;
  readonly preview?: true;
}

/** The aim: as many services resolve within so many milliseconds. */
const aim = { services: 1000, ms: 100 };

const command = benchmark("plan", "Measures how long declarations of many services take to be resolved.")
  .addOption(
    new Option("--services <n,…>", "how many services each has")
      .argParser(wholeNumbers)
      .default([50, 100, 300, aim.services], "50,100,300,1000"),
  )
  .addOption(new Option("--phases <n>", "in how many phases").argParser(wholeNumber).default(20))
  .addOption(runsOption(20, "how often each is resolved"))
  .option("--preview", "measure `pulumi preview` of each as well, once, of which nothing is created")
  .addOption(jsonOption())
  .addOption(docsOption());

await runBenchmark(command, async ({ signal, say }) => {
  const { services, phases, runs, preview } = command.opts<Options>();
  const project = preview
    ? await programProject("big", process.cwd(), "bench/big-program.ts", signal)
    : undefined;
  try {
    const sizes: MeasuredSize[] = [];
    for (const count of services) {
      say(`${count} services`);
      const size = { services: count, phases };
      const resolving = measureResolving(size, runs);
      sizes.push({ ...size, ...resolving, previewMs: project && (await previewed(project, size)) });
    }
    const measured = { machine: describeProcessors(), runs, sizes };
    return { measured, report: planReport(measured), section: "plan" };
  } finally {
    project?.remove();
  }
});

function planReport({ machine, runs, sizes }: PlanMeasured): string {
  const { processors, model, memoryGib, kernel, node } = machine;
  const previewed = sizes.some(({ previewMs }) => previewMs !== undefined);
  const row = ({ services, phases, bytes, timesMs, previewMs }: MeasuredSize) => [
    ...[String(services), String(phases), `${Math.round(bytes / 1024)} KiB`],
    spread(timesMs, milliseconds),
    ...(services === aim.services
      ? [`≤ ${milliseconds(aim.ms)}`, median(timesMs) <= aim.ms ? "reached" : "missed"]
      : ["", ""]),
    ...(previewed ? [previewMs === undefined ? "" : seconds(previewMs)] : []),
  ];
  return [
    `${runs} runs of each, medians (95th percentile).`,
    `${processors} processors (${model}), ${memoryGib} GiB, Linux ${kernel}, Node.js ${node}.`,
    "",
    markdownTable([
      ["services", "phases", "plan", "`resolvePlan`", "aim", "", ...(previewed ? ["`pulumi preview`"] : [])],
      ...sizes.map(row),
    ]),
  ].join("\n");
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

/** The milliseconds that a preview of a declaration of this size takes. */
async function previewed(big: ProgramProject, { services, phases }: Size): Promise<number> {
  await big.configure({ services, phases });
  return (await big.pulumi("preview")).tookMs;
}

/** Each run resolves a declaration that has just been made: nothing can be remembered from the one before. */
function measureResolving(size: Size, runs: number): Pick<MeasuredSize, "timesMs" | "bytes"> {
  // The first runs are compiled while they run.
  const warmUp = 5;
  let bytes = 0;
  const timesMs = Array.from({ length: warmUp + runs }, () => {
    const declaration = bigDeclaration(size);
    const began = performance.now();
    const plan = resolvePlan(declaration, bigProfile, "bench");
    const tookMs = performance.now() - began;
    bytes = JSON.stringify(plan).length;
    return tookMs;
  });
  return { timesMs: timesMs.slice(warmUp), bytes };
}
