/** How many services in one phase come up, beside compose. `npm run bench -- wide` runs it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Option } from "commander";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import type { RivalOptions } from "./benchmark.ts";
import { benchmark, duration, runBenchmark, runsOption, wholeNumber, withRivalOptions } from "./benchmark.ts";
import { findCompose } from "./compose.ts";
import type { Contender } from "./in-turn.ts";
import { inTurn } from "./in-turn.ts";
import { waitForQuiet } from "./machine.ts";
import { prepareImages } from "./scale/prepare-images.ts";
import type { WideRun } from "./scale/wide.ts";
import { measureComposeWide, measureWide } from "./scale/wide.ts";
import { wideReport } from "./scale/wide-report.ts";
import { describeSetting } from "./setting.ts";

interface Options extends RivalOptions {
  readonly services: number;
  readonly interval: string;
}

const command = withRivalOptions(
  benchmark(
    "wide",
    "Measures how soon many tiny services are up that are all in one phase, how soon after each other they are created, and how long each waits for its verdict. In turn with docker compose, where that is installed.",
  ),
  runsOption(3),
)
  .addOption(new Option("--services <n>", "how many services").argParser(wholeNumber).default(100))
  .addOption(
    new Option("--interval <time>", "the time between compose's health checks")
      .argParser(duration)
      .default("1s"),
  );

await runBenchmark(command, async ({ signal, say }) => {
  const { services, interval, runs, quietWait, compose: wanted } = command.opts<Options>();
  const docker = dockerClient();
  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-compose-"));
  try {
    const image = await prepareImages(docker, say);
    const compose = wanted ? await findCompose(signal) : undefined;
    const phasegate: WideRun[] = [];
    const composed: WideRun[] = [];
    const contenders: Contender[] = [
      {
        name: "phasegate",
        run: async () => phasegate.push(await measureWide(docker, services, signal)),
      },
    ];
    if (compose !== undefined) {
      const options = { services, image, interval };
      contenders.push({
        name: `compose ${compose.version}`,
        run: async () => composed.push(await measureComposeWide(compose, docker, dir, options, signal)),
      });
    }
    const busyBefore = await waitForQuiet(quietWait * 1000, signal);
    await inTurn(contenders, runs, { signal, say });
    const setting = await describeSetting(docker, compose, busyBefore, signal);
    const measured = { services, interval, setting, phasegate, compose: composed };
    return { measured, report: wideReport(measured), section: "wide" };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
