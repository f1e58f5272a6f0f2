import type { Command } from "commander";
import { alertsCommand } from "./alerts.ts";
import { calibrateCommand } from "./calibrate.ts";
import { diffCommand } from "./diff.ts";
import { eventsCommand } from "./events.ts";
import { graphCommand } from "./graph.ts";
import { historyCommand } from "./history.ts";
import { holdCommand } from "./hold.ts";
import { importCommand } from "./import.ts";
import { incidentsCommand } from "./incidents.ts";
import { latenciesCommand } from "./latencies.ts";
import { parityCommand } from "./parity.ts";
import { planCommand } from "./plan.ts";
import { releaseCommand } from "./release.ts";
import { reportCommand } from "./report.ts";
import { restartCommand } from "./restart.ts";
import { runCommand } from "./run.ts";
import { silenceCommand } from "./silence.ts";
import { startCommand } from "./start.ts";
import { statusCommand } from "./status.ts";
import { stopCommand } from "./stop.ts";
import { validateCommand } from "./validate.ts";

/** All subcommands, in the order in which the help lists them. */
export function commands(): Command[] {
  return [
    statusCommand(),
    eventsCommand(),
    incidentsCommand(),
    alertsCommand(),
    silenceCommand(),
    validateCommand(),
    startCommand(),
    stopCommand(),
    restartCommand(),
    runCommand(),
    holdCommand(),
    releaseCommand(),
    reportCommand(),
    historyCommand(),
    latenciesCommand(),
    calibrateCommand(),
    graphCommand(),
    planCommand(),
    parityCommand(),
    diffCommand(),
    importCommand(),
  ];
}
