/** Whether many services of one phase become ready at the same time, or in turns. `npm run bench -- --many` runs it. */
import { parseArgs } from "node:util";
import { alignColumns } from "../lib/core/columns.ts";
import { errorText } from "../lib/core/errors.ts";
import { connectStack } from "../lib/control/running-stack.ts";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import { removeLabelled } from "./engine-contents.ts";
import { waitForQuiet } from "./machine.ts";
import { programProject } from "./program-project.ts";

const { values } = parseArgs({
  options: { services: { type: "string", default: "40" }, "late-ms": { type: "string", default: "5000" } },
});
const services = Number(values.services);
const lateMs = Number(values["late-ms"]);

const abort = new AbortController();
const interrupt = () => abort.abort(new Error("interrupted"));
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);

const docker = dockerClient();
const project = await programProject("many", process.cwd(), "bench/many-program.ts", abort.signal);
const removeAll = () => removeLabelled(docker, "phasegate.declaration=many");
try {
  await removeAll();
  // Once with a single service, not measured: it builds the images.
  await project.configure({ services: 1, lateMs: 0 });
  await project.pulumi("up", "--yes", "--skip-preview");
  await project.pulumi("destroy", "--yes", "--skip-preview");
  await removeAll();
  await project.configure({ services, lateMs });
  await waitForQuiet(60_000, abort.signal);
  const { tookMs } = await project.pulumi("up", "--yes", "--skip-preview");

  const { coordinator } = await connectStack("many-bench");
  const statuses = (await coordinator.call("status", {})).services;
  coordinator.close();
  const created = statuses.map(({ createdMs }) => createdMs);
  const due = statuses.map(({ startedMs = NaN }) => startedMs + lateMs);
  const ready = statuses.map(({ readyMs = NaN }) => readyMs);
  const first = Math.min(...created);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  console.log(
    alignColumns([
      ["services of one phase", String(statuses.length)],
      ["each ready after its start by", seconds(lateMs)],
      ["first container created to last one created", seconds(Math.max(...created) - first)],
      ["first container created to last service ready", seconds(Math.max(...ready) - first)],
      ["last service due to last service ready", seconds(Math.max(...ready) - Math.max(...due))],
      ["one after the other, it would have been at least", seconds(statuses.length * lateMs)],
      ["in turns of 4 times the processors, at least", seconds(Math.ceil(statuses.length / 8) * lateMs)],
      ["the whole up", seconds(tookMs)],
    ]),
  );
} catch (error) {
  console.error(abort.signal.aborted ? "\nInterrupted: taking away what was made." : errorText(error));
  process.exitCode = abort.signal.aborted ? 130 : 1;
} finally {
  await removeAll();
  project.remove();
}
