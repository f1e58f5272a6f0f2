import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connectStack } from "../../lib/control/running-stack.ts";
import { nodeImage } from "../../lib/engine/bundle-image.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import type { Transition } from "../../lib/model/transition.ts";
import { ownEngine, type OwnEngine } from "../support/own-engine.ts";
import { openFaultyStack, until, type FaultyStack } from "./faults/faulty-stack.ts";

/*
 * An engine of the test's own, which is shut down, and whose power is cut. Nobody helps: what its services are started by is the
 * coordinator, which the engine starts.
 */
const phases = [["store", "cache"], ["api"], ["web", "worker"]];
const all = phases.flat();

const own = await ownEngine();
let stack: FaultyStack;

beforeAll(async () => {
  if (own === undefined) return;
  const shared = dockerClient();
  const { reference } = await prepareImage(shared, nodeImage, () => undefined);
  await own.start();
  await own.copyImage(shared, reference);
  // From here on this is the engine of everything in this file.
  process.env["DOCKER_HOST"] = own.host;
  stack = await openFaultyStack({ stack: "reboot", portBase: 19_000, declaration: "phases" });
  const { code, output } = await stack.trial.up();
  expect(code, output).toBe(0);
  await stack.healed();
});

afterAll(async () => {
  if (own === undefined) return;
  try {
    await stack.remove();
  } finally {
    await own.remove();
  }
});

let count = 0;
let lastSeq = 0;

beforeEach(async ({ skip, onTestFailed }) => {
  skip(own === undefined, "an engine of its own needs Linux, dockerd and root");
  onTestFailed(async () => {
    const { id } = await stack.container("coordinator");
    console.error((await stack.engine.logs(id, 120)).join("\n"), stack.startedSince(count));
  });
  ({ lastSeq } = await stack.call("status", {}));
});

/** The stack comes back by itself, in the order of its phases, each behind the gate of the one before. */
async function expectBack(): Promise<void> {
  stack.listen(0);
  await until(
    "all are started",
    () => all.every((one) => stack.startedSince(count).includes(one)) || undefined,
  );
  await stack.healed(["mailer"]);
  expect(await stack.state("mailer")).toMatchObject({ state: "stopped", cause: { kind: "operator" } });
  const started = stack.startedSince(count);
  expect(started.toSorted(), "each once").toEqual(["coordinator", ...all].toSorted());
  const inOrder = started.slice(1).map((service) => phases.findIndex((phase) => phase.includes(service)));
  expect(started[0]).toBe("coordinator");
  expect(inOrder, started.join(", ")).toEqual(inOrder.toSorted());

  const startedMs = (service: string) =>
    stack.events
      .slice(count)
      .find(({ action, labels }) => action === "start" && labels["phasegate.service"] === service)?.atMs ?? 0;
  const transitions = await transitionsSince(lastSeq);
  const readyMs = (service: string) =>
    transitions.findLast((one) => one.service === service && one.to === "ready")?.atMs ?? Infinity;
  for (const [i, phase] of phases.entries())
    for (const service of phase)
      for (const before of phases[i - 1] ?? [])
        expect(startedMs(service), `${service} after ${before}`).toBeGreaterThanOrEqual(readyMs(before));
  const stopped = transitions.filter(({ to }) => to === "stopped").map(({ service }) => service);
  expect(stopped.filter((service) => service !== "mailer")).toEqual([]);
}

async function transitionsSince(seq: number): Promise<readonly Transition[]> {
  const transitions: Transition[] = [];
  await stack.call("events", { last: 1000, after: seq, follow: false }, (one) => {
    if ("seq" in one) transitions.push(one);
  });
  return transitions;
}

async function rebootAfter(end: (engine: OwnEngine) => Promise<void>): Promise<void> {
  if (own === undefined) throw new Error("there is no engine");
  await end(own);
  count = stack.events.length;
  await own.start();
}

test("what runs when the engine is shut down comes back, and what was stopped by hand before does not", async () => {
  await rebootAfter(async (engine) => {
    await stack.docker.getContainer((await stack.container("mailer")).id).stop({ t: 1 });
    await engine.shutDown();
  });
  await expectBack();
});

test("an engine that is shut down is nobody's order, also while somebody is connected to the coordinator", async () => {
  await rebootAfter(async (engine) => {
    const { coordinator } = await connectStack("reboot");
    const followed = expect(coordinator.call("events", { last: 0, follow: true })).rejects.toMatchObject({
      code: "PHASEGATE_COORDINATOR_UNREACHABLE",
    });
    await engine.shutDown();
    await followed;
  });
  await expectBack();
});

test("what runs when the power is cut comes back", async () => {
  await rebootAfter((engine) => engine.cutPower());
  await expectBack();
});

test("a service that had crashed when the power was cut waits for its phase like all others", async () => {
  await rebootAfter(async (engine) => {
    await stack.signal("worker", "KILL");
    await until(
      "its end is noticed",
      async () => (await stack.state("worker")).state === "restarting" || undefined,
    );
    await engine.cutPower();
  });
  await expectBack();
});

test("a cascade in which the power is cut is no cascade any more: all begins from the first phase", async () => {
  await rebootAfter(async (engine) => {
    const before = stack.events.length;
    await stack.signal("store", "KILL");
    await until("api follows", () => stack.startedSince(before).includes("api") || undefined);
    await engine.cutPower();
  });
  await expectBack();
});

test("a second cut while the stack comes back changes nothing", async () => {
  await rebootAfter((engine) => engine.cutPower());
  stack.listen(0);
  await until("api is started", () => stack.startedSince(count).includes("api") || undefined);
  await rebootAfter((engine) => engine.cutPower());
  await expectBack();
});

test("after all of that a preview is empty", async () => {
  await stack.docker.getContainer((await stack.container("mailer")).id).start();
  await stack.healed();
  const { code, output } = await stack.trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, output).toBe(0);
});
