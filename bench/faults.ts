/** Kills the coordinator at seeded moments, and compares what comes of it. `npm run faults` sets up what it needs and runs it. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { alignColumns } from "../lib/core/columns.ts";
import { errorText } from "../lib/core/errors.ts";
import type { FaultyStack } from "../test/e2e/faults/faulty-stack.ts";
import { openFaultyStack } from "../test/e2e/faults/faulty-stack.ts";
import type { Kill } from "../test/e2e/faults/kills.ts";
import { killOf, undisturbedOutcomes } from "../test/e2e/faults/kills.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    "port-base": { type: "string", default: "18000" },
  },
});
const count = Number(values.kills);
const first = Number(values.seed);
if (!Number.isInteger(count) || count < 1) throw new Error(`--kills ${values.kills}: a number from 1 on`);
if (!Number.isInteger(first) || first < 0) throw new Error(`--seed ${values.seed}: a number from 0 on`);

let interrupted = false;
const interrupt = () => (interrupted = true);
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
const say = (text: string) => void process.stderr.write(`  … ${text}\n`);

const kills: Kill[] = [];
let stack: FaultyStack | undefined;
try {
  say("a stack comes up");
  stack = await openFaultyStack({ stack: "kills", portBase: Number(values["port-base"]) });
  const { code, output } = await stack.trial.up();
  if (code !== 0) throw new Error(output);
  const undisturbed = await undisturbedOutcomes(stack);
  say(`undisturbed, a cascade takes ${undisturbed.cascade.tookMs} ms and an up ${undisturbed.up.tookMs} ms`);
  for (let seed = first; seed < first + count && !interrupted; seed++) {
    const kill = await killOf(seed, stack, undisturbed);
    kills.push(kill);
    const result = kill.differences.length === 0 ? "the same end" : kill.differences.join("; ");
    say(`seed ${seed}, ${kill.atMs} ms into the ${kill.during}: ${result}`);
  }
  console.log(`\n${tableOf(kills)}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ undisturbed, kills }, null, 2)}\n`);
  if (interrupted || kills.some(({ differences }) => differences.length > 0)) process.exitCode = 1;
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
} finally {
  await stack?.remove();
}

function tableOf(all: readonly Kill[]): string {
  const of = (during: Kill["during"]) => all.filter((kill) => kill.during === during);
  const row = (during: Kill["during"]) => [
    during === "up" ? "in an up" : "in a cascade",
    String(of(during).length),
    String(of(during).filter(({ differences }) => differences.length === 0).length),
  ];
  return alignColumns([["the coordinator was killed", "times", "same end"], row("cascade"), row("up")]);
}
