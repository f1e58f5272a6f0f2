import { markdownTable } from "../comparison.ts";
import type { Machine } from "../machine.ts";
import { inAll } from "./cost.ts";
import type { HealthCheckCost } from "./health-checks.ts";
import { kinds } from "./kinds.ts";
import type { ProbeCost } from "./probes.ts";

/** All that `npm run bench -- probes` measures. */
export interface ProbesMeasured {
  readonly machine: Machine;
  /** How busy the machine was before, 0 to 1. */
  readonly busyBefore: number;
  /** Of each kind, and of each health check. */
  readonly seconds: number;
  /** How many probes of a kind were run, each once a second. */
  readonly probes: number;
  readonly healthChecks: readonly HealthCheckCost[];
  readonly kinds: readonly ProbeCost[];
  /** Which kinds could not be measured, and why, in words. */
  readonly failures: readonly string[];
}

/** An attempt is to cost less than so much of a health check. */
export const aim = 0.1;

/** The tables, as they stand in docs/benchmarks.md. */
export function probesReport(measured: ProbesMeasured): string {
  const { machine, busyBefore, seconds, probes, healthChecks } = measured;
  const { processors, model, memoryGib, kernel, engine, node } = machine;
  const cheapest = cheapestCheck(healthChecks);
  return [
    `${seconds} s of each kind, ${probes} probes once a second; milliseconds of processor time, what the idle ones use subtracted.\n${processors} processors (${model}), ${memoryGib} GiB, Linux ${kernel}, engine ${engine}, Node.js ${node}; ${Math.round(busyBefore * 100)} % busy before.`,
    markdownTable([
      ["a health check of the engine", "checks", "the engine and what it runs"],
      ...healthChecks.map((check) => [
        `${check.title}${check === cheapest ? " (the cheapest that asks)" : ""}`,
        String(check.checks),
        milliseconds(check.engineMs),
      ]),
    ]),
    markdownTable([
      [
        "an attempt of a probe",
        "what it does",
        "attempts",
        "coordinator",
        "engine",
        "beside the cheapest check",
        "aim",
        "",
      ],
      ...measured.kinds.map((cost) => row(cost, cheapest)),
    ]),
    ...measured.failures.map((failure) => failure.replaceAll(/\s+/g, " ").slice(0, 300)),
  ].join("\n\n");
}

/** What probes are held against: of the checks that ask something, the one that costs least. */
export function cheapestCheck(checks: readonly HealthCheckCost[]): HealthCheckCost | undefined {
  return checks
    .filter(({ asks }) => asks)
    .reduce<HealthCheckCost | undefined>(
      (least, check) => (least === undefined || inAll(check) < inAll(least) ? check : least),
      undefined,
    );
}

function row(cost: ProbeCost, cheapest: HealthCheckCost | undefined): string[] {
  const { kind, attempts, coordinatorMs, engineMs } = cost;
  const ratio = cheapest === undefined ? undefined : inAll(cost) / inAll(cheapest);
  return [
    `\`${kind}\``,
    kinds[kind]?.does ?? "",
    String(attempts),
    milliseconds(coordinatorMs),
    milliseconds(engineMs),
    ...(ratio === undefined
      ? ["", "", ""]
      : [percent(ratio), `< ${percent(aim)}`, ratio < aim ? "reached" : "missed"]),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`;
