/** What supervision costs: the coordinator's memory and processor time. `npm run bench -- coordinator` runs it. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { durationMs } from "../lib/core/duration.ts";
import type { Duration } from "../lib/core/duration.ts";
import { errorText } from "../lib/core/errors.ts";
import type { CoordinatorCost } from "./coordinator-cost.ts";
import { coordinatorCost } from "./coordinator-cost.ts";
import { coordinatorTable } from "./coordinator-table.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "10,100,1000" },
    phases: { type: "string", default: "10" },
    probes: { type: "string", default: "1" },
    seconds: { type: "string", default: "60" },
    interval: { type: "string", default: "15s" },
    json: { type: "string" },
    "no-failures": { type: "boolean", default: false },
    "node-arg": { type: "string", multiple: true, default: [] },
  },
});
const phases = positive("phases", values.phases);
const measureMs = positive("seconds", values.seconds) * 1000;
const probes = positive("probes", values.probes);
const sizes = values.services
  .split(",")
  .map((count) => ({ services: positive("services", count), phases, probes }));

const abort = new AbortController();
const interrupt = () => abort.abort(new Error("interrupted"));
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);

try {
  const costs: CoordinatorCost[] = [];
  for (const size of sizes)
    costs.push(
      await coordinatorCost({
        root: process.cwd(),
        size,
        interval: values.interval,
        // Each probe has been run a few times by then, and what a start has left behind is gone.
        warmUpMs: 3 * durationMs(values.interval as Duration),
        measureMs,
        failures: !values["no-failures"],
        nodeArgs: values["node-arg"],
        signal: abort.signal,
        say: (text) => void process.stderr.write(`  … ${text}\n`),
      }),
    );
  console.log(`\n${coordinatorTable(costs)}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ node: process.versions.node, costs }, null, 2)}\n`);
} catch (error) {
  console.error(abort.signal.aborted ? "\nInterrupted: taking away what was made." : errorText(error));
  process.exitCode = abort.signal.aborted ? 130 : 1;
}

function positive(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} ${text}: a number from 1 on`);
  return count;
}
