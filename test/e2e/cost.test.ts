import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measureFloor } from "../../bench/shape/floor.ts";
import { readinessEvents } from "../../bench/shape/phasegate.ts";
import { phaseTimes, withEvents } from "../../bench/shape/run.ts";
import { shapeServices } from "../../bench/shape/shapes.ts";
import { bundleReference, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { coordinatorSource } from "../../lib/pulumi/coordinator-image.ts";
import { countingEngine, type CountingEngine } from "../support/counting-engine.ts";
import { callsOf } from "../support/noted-calls.ts";
import { lateMs } from "./cost/stacks/index.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// What an `up` costs in what can be counted, which is the same on every machine, however busy. Who adds a resource, a call, a process
// or a question changes a number here, and knows by it what all stacks will pay.
const phases = shapeServices("diamond");
const phaseCount = phases.length;
const serviceCount = phases.flat().length;

/** Those with a provider. Components are registered, and nothing else is done for them. */
const resources =
  // The network; of the coordinator its image, its volume, its key and its container; what there is of containers, and of ports.
  7 +
  // The image that all services run.
  1 +
  // The gate.
  phaseCount +
  // The container, and what is expected of it.
  2 * serviceCount;

/** The project, the stack and the coordinator; each phase; each service. */
const components = 3 + phaseCount + serviceCount;

const registered = {
  RegisterResource: resources + components,
  RegisterResourceOutputs: components,
  // One for each of the two providers: Docker's and the dynamic resources'; what starts them early, as the program calls it and as Pulumi does.
  Configure: 2,
  Invoke: 4,
  Check: resources,
};

const processes = [
  // Pulumi asks Node.js where in the project what runs a program is, and starts it. The dynamic resources' provider has a launcher.
  "node -e",
  "run/index.js quick-start",
  "start/dynamic-provider.ts quick-start",
];

const changed = {
  "POST /networks/create": 1,
  "POST /volumes/create": 1,
  // The coordinator; each service; and for all that run an image in the same way a container that is never started, by which that is checked.
  "POST /containers/create": 1 + serviceCount + 1,
  "DELETE /containers/ID": 1,
  "POST /containers/ID/start": 1 + serviceCount,
  // Docker's provider creates a container on the default network, and then moves it.
  "POST /networks/ID/disconnect": 1 + serviceCount,
  "POST /networks/ID/connect": 1 + serviceCount,
  // The coordinator follows the output of each service.
  "POST /containers/ID/attach": serviceCount,
  // One for all that the command has to say to the coordinator, and none for probes.
  "POST /containers/ID/exec": 1,
  "POST /exec/ID/start": 1,
};

// How often the engine is asked something depends a little on what happens when: 64 and 23 have been counted. The command's questions
// and the coordinator's, those about images aside, which may have to be pulled. One or two for each service are whether its container,
// just created, is on its networks; more on a busy machine.
const questionsFromNothing = 23 + 12 * serviceCount;
const questionsWithoutChange = 10 + 3 * serviceCount;

/**
 * How long a phase takes beside what the engine takes for the same containers, in the phase where that is least: a busy machine lengthens
 * one or two of them. What this is to find is a wait that each phase pays for, such as the two seconds that @pulumi/docker's network once
 * cost every start. Normal is 1.1 to 1.3, also where two processors have three times as much to do.
 */
const mostOverFloor = 2;

const docker = dockerClient();
let trial: TrialProject;
let engine: CountingEngine;

interface Cost {
  readonly calls: Readonly<Record<string, number>>;
  readonly processes: readonly string[];
  readonly requests: readonly string[];
}

/** One `up`, and what it cost. */
async function costOfUp(): Promise<Cost> {
  const [calls, noted] = [join(trial.dir, "calls"), join(trial.dir, "processes")];
  engine.takeRequests();
  const { code, output } = await trial.pulumi(["up", "--yes", "--skip-preview"], {
    env: {
      DOCKER_HOST: engine.host,
      NODE_OPTIONS: `--import ${pathToFileURL(join(process.cwd(), "test/support/note-process.ts")).href}`,
      NOTED_PROCESSES: noted,
      PULUMI_DEBUG_GRPC: calls,
    },
  });
  expect(code, output).toBe(0);
  const cost = {
    calls: callsOf(calls),
    processes: readFileSync(noted, "utf8").trim().split("\n"),
    requests: engine.takeRequests().filter((request) => !/ \/(images|build|session|_ping)/.test(request)),
  };
  for (const file of [calls, noted]) rmSync(file);
  return cost;
}

const isQuestion = (request: string) => /^(GET|HEAD) /.test(request);

function counted(requests: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(Object.groupBy(requests, (request) => request)).map(([request, all = []]) => [
      request,
      all.length,
    ]),
  );
}

let fromNothing: Cost;
let withoutChange: Cost;
/** Of each phase, in milliseconds. */
let startMs: readonly number[];
let floorsMs: readonly (readonly number[])[];

beforeAll(async () => {
  // What is built once a machine is no cost of an `up`.
  const images = await Promise.all(
    [coordinatorSource(), { bundle: "bench/late-server.ts", parts: {} }].map(async ({ bundle, parts }) => {
      const reference = await bundleReference(process.cwd(), bundle, parts);
      return (await prepareBundle(docker, process.cwd(), bundle, reference, () => {}, parts)).reference;
    }),
  );
  const image = images.at(-1) ?? "";
  const floor = () => measureFloor(docker, { shape: "diamond", lateMs, image }, new AbortController().signal);
  const floorBefore = await floor();

  engine = await countingEngine();
  const config = { declaration: "cost", environment: "test", validationLevel: "basic", portBase: 14_300 };
  trial = await openTrial("cost", config, "test/e2e/cost/stacks");

  const up = await withEvents(docker, "phasegate.stack=cost", costOfUp);
  fromNothing = up.result;
  startMs = phaseTimes(phases, await readinessEvents("cost-cost", up.events));
  withoutChange = await costOfUp();
  floorsMs = [floorBefore, await floor()];
});
afterAll(async () => {
  await trial.remove();
  engine.close();
});

test("from nothing, each resource is checked and created once", () => {
  expect(fromNothing.calls).toEqual({ ...registered, Create: resources });
});

test("without a change, each resource is checked and compared once", () => {
  expect(withoutChange.calls).toEqual({ ...registered, Diff: resources });
});

test("a program and a provider of Node.js are started, and nothing by them", () => {
  expect(fromNothing.processes.toSorted()).toEqual(processes.toSorted());
  expect(withoutChange.processes.toSorted()).toEqual(processes.toSorted());
});

test("from nothing, each container is created and started once, and no probe begins a process in one", () => {
  expect(counted(fromNothing.requests.filter((request) => !isQuestion(request)))).toEqual(changed);
});

test("without a change, nothing is touched", () => {
  expect(counted(withoutChange.requests.filter((request) => !isQuestion(request)))).toEqual({
    // All that the command has to ask of the coordinator.
    "POST /containers/ID/exec": 1,
    "POST /exec/ID/start": 1,
  });
});

test.each([
  ["from nothing", () => fromNothing, questionsFromNothing],
  ["without a change", () => withoutChange, questionsWithoutChange],
])("%s, the engine is asked so often at most", (_, cost, most) => {
  const questions = cost().requests.filter(isQuestion);
  expect(questions.length, JSON.stringify(counted(questions), null, 2)).toBeLessThanOrEqual(most);
  // Where nothing is counted, nothing is guarded.
  expect(questions.length).toBeGreaterThan(serviceCount);
});

test("a phase takes little more than the engine alone does", () => {
  const overFloor = startMs.map(
    (ms, phase) => ms / Math.min(...floorsMs.map((floor) => floor[phase] ?? NaN)),
  );
  expect(Math.min(...overFloor)).toBeLessThan(mostOverFloor);
  // However quick: each is ready that long after its start.
  expect(Math.min(...startMs)).toBeGreaterThan(lateMs);
});
