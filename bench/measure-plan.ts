/** How long a big declaration takes to resolve, and to preview. `npm run bench -- plan` runs it. */
import { parseArgs } from "node:util";
import { resolvePlan } from "phasegate";
import { alignColumns } from "../lib/core/columns.ts";
import { errorText } from "../lib/core/errors.ts";
import type { Size } from "./big-declaration.ts";
import { bigDeclaration, bigProfile } from "./big-declaration.ts";
import { median } from "./median.ts";
import type { ProgramProject } from "./program-project.ts";
import { programProject } from "./program-project.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "50,100,300" },
    phases: { type: "string", default: "20" },
    runs: { type: "string", default: "20" },
    preview: { type: "boolean", default: false },
  },
});
const phases = positive("phases", values.phases);
const runs = positive("runs", values.runs);
const sizes = values.services.split(",").map((count) => ({ services: positive("services", count), phases }));

const abort = new AbortController();
const interrupt = () => abort.abort(new Error("interrupted"));
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);

const project = values.preview
  ? await programProject("big", process.cwd(), "bench/big-program.ts", abort.signal)
  : undefined;
try {
  const rows: string[][] = [];
  for (const size of sizes) {
    const { times, bytes } = measureResolving(size);
    rows.push([
      String(size.services),
      String(size.phases),
      `${Math.round(bytes / 1024)} KiB`,
      `${median(times).toFixed(1)} ms (${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)})`,
      ...(project === undefined ? [] : [`${((await preview(project, size)) / 1000).toFixed(1)} s`]),
    ]);
  }
  const header = ["services", "phases", "plan", "resolvePlan", ...(project === undefined ? [] : ["preview"])];
  console.log(alignColumns([header, ...rows]));
} catch (error) {
  console.error(abort.signal.aborted ? "\nInterrupted: taking away what was made." : errorText(error));
  process.exitCode = abort.signal.aborted ? 130 : 1;
} finally {
  project?.remove();
}

/** The milliseconds that a preview of a declaration of this size takes. */
async function preview(big: ProgramProject, { services, phases }: Size): Promise<number> {
  await big.configure({ services, phases });
  return (await big.pulumi("preview")).tookMs;
}

/** Each run resolves a declaration that has just been made: nothing can be remembered from the one before. */
function measureResolving(size: Size): { times: readonly number[]; bytes: number } {
  // The first runs are compiled while they run.
  const warmUp = 5;
  let bytes = 0;
  const times = Array.from({ length: warmUp + runs }, () => {
    const declaration = bigDeclaration(size);
    const began = performance.now();
    const plan = resolvePlan(declaration, bigProfile, "bench");
    const tookMs = performance.now() - began;
    bytes = JSON.stringify(plan).length;
    return tookMs;
  });
  return { times: times.slice(warmUp), bytes };
}

function positive(name: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error(`--${name} ${text}: a number from 1 on`);
}
