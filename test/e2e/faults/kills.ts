import { systemClock } from "../../../lib/core/clock.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import type { FaultyStack } from "./faulty-stack.ts";
import { until } from "./faulty-stack.ts";

/** What a coordinator can be killed in: a cascade that a crash has begun, or an `up` that replaces a service. */
export const scenarios = ["cascade", "up"] as const;
export type Scenario = (typeof scenarios)[number];

/** What has come of a scenario, to be compared. */
export interface Outcome {
  readonly tookMs: number;
  /** What the engine has started, in order, but for the coordinator. */
  readonly started: readonly string[];
  /** Of each service its state, and whether its run and its container are others than before. */
  readonly services: readonly string[];
  /** The root and the outcome of each incident. */
  readonly incidents: readonly string[];
  /** What is not as it has to be in any case. */
  readonly problems: readonly string[];
}

export interface Kill {
  readonly seed: number;
  readonly during: Scenario;
  /** When the coordinator was killed, from the beginning on. */
  readonly atMs: number;
  readonly tookMs: number;
  /** In what it ended otherwise than undisturbed; empty where in nothing. */
  readonly differences: readonly string[];
}

/** Long enough for a second restart to show itself. */
const quietMs = 2000;

/** Runs a scenario on a stack that is well, with the coordinator killed at an instant where given, and waits until all is well. */
export async function runScenario(
  stack: FaultyStack,
  scenario: Scenario,
  killAtMs?: number,
): Promise<Outcome> {
  await stack.healed();
  const before = await snapshot(stack);
  const count = stack.events.length;
  const lastIncident = (await stack.incidentsAfter(0)).at(-1)?.id ?? 0;
  const problems: string[] = [];

  // Begun first: it waits in the container.
  const killed = killAtMs === undefined ? undefined : stack.signal("coordinator", "KILL", killAtMs);
  const beganMs = performance.now();
  if (scenario === "cascade") {
    await stack.signal("auth", "KILL");
    await until("auth is started", () => stack.startedSince(count).includes("auth") || undefined);
  } else {
    stack.trial.configure({ declaration: before.variant === "faulty" ? "otherAuth" : "faulty" });
    const { code, output } = await stack.trial.up();
    if (code !== 0) problems.push(`the up has ended with ${code}: ${output.slice(-2000)}`);
  }
  await killed;
  await stack.healed();
  const tookMs = performance.now() - beganMs;
  await systemClock.sleep(quietMs);
  await stack.healed();

  const preview = await stack.trial.pulumi(["preview", "--expect-no-changes"]);
  if (preview.code !== 0) problems.push(`the preview is not empty: ${preview.output}`);
  const all = stack.startedSince(count);
  const coordinators = all.filter((one) => one === "coordinator").length;
  if (coordinators !== (killed ? 1 : 0)) problems.push(`the coordinator was started ${coordinators} times`);
  const after = await snapshot(stack);
  return {
    tookMs: Math.round(tookMs),
    started: all.filter((one) => one !== "coordinator"),
    services: [...after.services].map(([service, { state, generation, container }]) => {
      const own = before.services.get(service);
      if (own?.container !== container) return `${service} ${state} in another container`;
      return `${service} ${state} in ${own.generation === generation ? "the same" : "another"} run`;
    }),
    incidents: (await stack.incidentsAfter(lastIncident)).map(({ root, outcome }) => `${root} ${outcome}`),
    problems,
  };
}

/** The kill of a seed: of two, one is in a cascade and one in an `up`. */
export async function killOf(
  seed: number,
  stack: FaultyStack,
  undisturbed: Readonly<Record<Scenario, Outcome>>,
): Promise<Kill> {
  const during = scenarios[seed % 2] ?? "cascade";
  const known = undisturbed[during];
  const random = seededRandom(seed * 7919);
  // The first number of neighbouring seeds is much the same.
  random();
  const atMs = Math.round(random() * known.tookMs);
  const outcome = await runScenario(stack, during, atMs);
  return { seed, during, atMs, tookMs: outcome.tookMs, differences: differences(known, outcome) };
}

function differences(known: Outcome, { started, services, incidents, problems }: Outcome): string[] {
  const differ = (what: string, a: readonly string[], b: readonly string[]) =>
    a.join(", ") === b.join(", ") ? [] : [`${what}: ${b.join(", ")} instead of ${a.join(", ")}`];
  return [
    ...differ("started", known.started, started),
    ...differ("services", known.services, services),
    ...differ("incidents", known.incidents, incidents),
    ...problems,
  ];
}

interface Snapshot {
  readonly variant: string;
  readonly services: ReadonlyMap<
    string,
    { readonly state: string; readonly generation: number; readonly container: string }
  >;
}

async function snapshot(stack: FaultyStack): Promise<Snapshot> {
  const { services } = await stack.call("status", {});
  const own = await Promise.all(
    services.map(async ({ service, state, generation = 0 }) => {
      const { id } = await stack.container(service);
      return [service, { state, generation, container: id }] as const;
    }),
  );
  const origin = await stack.engine.origin((await stack.container("auth")).id);
  return {
    variant: origin?.env["VARIANT"] === "second" ? "otherAuth" : "faulty",
    services: new Map(own.toSorted(([a], [b]) => a.localeCompare(b))),
  };
}

/** A stack that is up, and what comes of each scenario when nobody is killed. */
export async function undisturbedOutcomes(stack: FaultyStack): Promise<Readonly<Record<Scenario, Outcome>>> {
  const cascade = await runScenario(stack, "cascade");
  const up = await runScenario(stack, "up");
  const problems = [...cascade.problems, ...up.problems];
  if (problems.length > 0) throw new Error(`undisturbed: ${problems.join("\n")}`);
  return { cascade, up };
}
