/**
 * How often a client is begun before what it needs works, where plain health checks answer early: by phasegate's gates and by compose.
 * `npm run bench -- false-readiness` runs it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Option } from "commander";
import type { Duration } from "../lib/core/duration.ts";
import { errorText } from "../lib/core/errors.ts";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import { seededRandom } from "../test/support/seeded-random.ts";
import type { RivalOptions } from "./benchmark.ts";
import { benchmark, durations, runBenchmark, wholeNumber, withRivalOptions } from "./benchmark.ts";
import { findCompose } from "./compose.ts";
import { startByCompose } from "./false-readiness/compose.ts";
import type { Start } from "./false-readiness/observe.ts";
import { imagesOf, removeEarly, resetPhasegate, startByPhasegate } from "./false-readiness/phasegate.ts";
import type { Starts } from "./false-readiness/report.ts";
import { contenderName, falseReadinessReport } from "./false-readiness/report.ts";
import type { Draws } from "./false-readiness/systems.ts";
import { drawOf } from "./false-readiness/systems.ts";
import type { Contender } from "./in-turn.ts";
import { inTurn } from "./in-turn.ts";
import { waitForQuiet } from "./machine.ts";
import { programProject } from "./program-project.ts";
import { describeSetting } from "./setting.ts";

interface Options extends Omit<RivalOptions, "runs"> {
  readonly starts: number;
  readonly interval: readonly Duration[];
  readonly minReady: readonly Duration[];
  readonly seed: number;
}

const starts = new Option("--starts <n>", "how often each starts all of it from nothing, in turn")
  .argParser(wholeNumber)
  .default(50);
const command = withRivalOptions(
  benchmark(
    "false-readiness",
    "Counts how often a client is begun before the service that it needs works, where plain health checks answer early: an HTTP service, and a PostgreSQL that restarts while it is initialised. In turn by phasegate and, where it is installed, by docker compose, with the health checks that teams write, and with such as ask, written by hand, what the client will need.",
  ),
  starts,
)
  .addOption(
    new Option("--interval <time,…>", "the times between compose's health checks: each is a rival")
      .argParser(durations)
      .default(["1s"], "1s"),
  )
  .addOption(
    new Option(
      "--min-ready <time,…>",
      "how long the last PostgreSQL must stay ready by phasegate: each is a contender, 0s has none",
    )
      .argParser(durations)
      .default(["1s"], "1s"),
  )
  .addOption(new Option("--seed <n>", "of how late each service works").argParser(wholeNumber).default(1));

await runBenchmark(command, async ({ signal, say }) => {
  const {
    starts: count,
    quietWait,
    compose: wanted,
    interval: intervals,
    seed,
    minReady: times,
  } = command.opts<Options>();
  const docker = dockerClient();
  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-compose-"));
  const project = await programProject("early", process.cwd(), "bench/false-readiness/program.ts", signal);
  try {
    await removeEarly(docker);
    const compose = wanted ? await findCompose(signal) : undefined;
    say("once, not measured: what is not there yet is built now");
    await startByPhasegate(project, docker, drawOf(seededRandom(seed)), {}, signal);
    const images = await imagesOf(docker);
    await resetPhasegate(project, docker);

    const all: Starts[] = [];
    const contenders: Contender[] = [];
    for (const minReady of times) {
      const own: Starts = { name: "phasegate", minReady, health: undefined, starts: [], failures: [] };
      all.push(own);
      contenders.push(
        contender(own, async (draws) => {
          try {
            return await startByPhasegate(project, docker, draws, { minReady }, signal);
          } finally {
            if (!signal.aborted) await resetPhasegate(project, docker);
          }
        }),
      );
    }
    for (const interval of intervals) {
      for (const checks of ["plain", "business"] as const) {
        if (compose === undefined) continue;
        const health = { checks, interval };
        const rival: Starts = {
          ...{ name: `compose ${compose.version}`, minReady: undefined, health },
          ...{ starts: [], failures: [] },
        };
        all.push(rival);
        contenders.push(
          contender(rival, (draws) =>
            startByCompose(compose, docker, dir, { draws, images, ...health }, signal),
          ),
        );
      }
    }
    const busyBefore = await waitForQuiet(quietWait * 1000, signal);
    await inTurn(contenders, count, { signal, say });
    const setting = await describeSetting(docker, compose, busyBefore, signal);
    const measured = { setting, seed, contenders: all };
    return { measured, report: falseReadinessReport(measured), section: "false-readiness" };
  } finally {
    await removeEarly(docker);
    project.remove();
    rmSync(dir, { recursive: true, force: true });
  }

  /** A start that does not come up is written down, and the others go on: they are many. */
  function contender(into: Starts, start: (draws: Draws) => Promise<Start>): Contender {
    // The same for everybody, start after start.
    const random = seededRandom(seed);
    const run = async () => {
      const draws = drawOf(random);
      try {
        into.starts.push(await start(draws));
      } catch (error) {
        signal.throwIfAborted();
        into.failures.push(errorText(error));
        say(`it has not come up: ${errorText(error)}`);
      }
    };
    return { name: contenderName(into), run };
  }
});
