import { expect, test, vi } from "vitest";
import type { ControlClient } from "../../../lib/control/client.ts";
import { mapValues } from "../../../lib/core/record.ts";
import type { ReadinessSpec } from "../../../lib/model/plan.ts";
import type { CoordinatorPlace } from "../../../lib/pulumi/providers/coordinators.ts";
import { probeOn } from "../../support/desired.ts";
import {
  declaredService,
  pulumiBench,
  type Declared,
  type PulumiBench,
  type Seams,
} from "../../support/pulumi-bench.ts";
import { seededRandom } from "../../support/seeded-random.ts";

// What a preview announces is what the `up` after it does. Announced is what its rows and its lines say; done is what
// the engine and the coordinator were seen to do.

const seams = vi.hoisted(() => ({}) as Seams);
vi.mock("../../../lib/pulumi/providers/coordinators.ts", () => ({
  coordinator: ({ coordinator }: CoordinatorPlace): Promise<ControlClient> => seams.client(coordinator, true),
  coordinatorAsItIs: ({ coordinator }: CoordinatorPlace): Promise<ControlClient> =>
    seams.client(coordinator, false),
}));
vi.mock("../../../lib/engine/docker-engine.ts", () => ({ connectEngine: () => seams.engine }));
vi.mock("../../../lib/pulumi/providers/row-progress.ts", () => ({
  rowNotice: (row: string) => (text: string) => seams.notice(row, text),
  rowProgress: () => () => {},
}));
seams.load = async () => {
  vi.resetModules();
  const readiness = await import("../../../lib/pulumi/providers/service-readiness.ts");
  return { readiness, gates: await import("../../../lib/pulumi/providers/phase-gate.ts") };
};

/** Each kind of edge, across phases and within one. */
function stack(): PulumiBench {
  return pulumiBench(seams, {
    db: declaredService("data"),
    cache: declaredService("data", { db: "restart" }),
    api: declaredService("app", { db: "restart" }),
    job: declaredService("app", { cache: "ignore" }),
    web: declaredService("front", { api: "restart" }),
    side: declaredService("front", { api: "revalidate" }),
    lazy: declaredService("front", { api: "ignore", web: "revalidate" }),
  });
}

type Change = (b: PulumiBench, service: string) => unknown;

const ofService: Readonly<Record<string, Change>> = {
  "a timeout": (b, service) => {
    const { budget } = declared(b, service).spec;
    patch(b, service, { budget: budget === "60s" ? "90s" : "60s" });
  },
  "a probe": (b, service) => patch(b, service, { probes: { another: probeOn(2), first: probeOn(1) } }),
  "what a failing probe means": (b, service) => {
    const { probes } = declared(b, service).spec;
    patch(b, service, { probes: mapValues(probes, (probe) => ({ ...probe, whenFailing: "report" })) });
  },
  "the image, or a variable": (b, service) => void declared(b, service).version++,
  "the container stopped by hand": (b, service) =>
    isThere(b, service) && b.engine.byHand.stop(b.container(service)),
};
/** What the coordinator sees to by itself. */
const healed: Readonly<Record<string, Change>> = {
  "the container restarted by hand": (b, service) =>
    isThere(b, service) && b.engine.byHand.restart(b.container(service)),
  "a crash": (b, service) => isThere(b, service) && b.engine.crash(b.container(service), 137),
};
const ofEdges: Readonly<Record<string, Change>> = {
  "a policy": (b) => setNeeds(b, "web", { api: "revalidate" }),
  "another policy": (b) => setNeeds(b, "side", { api: "restart" }),
  "a need more": (b) => setNeeds(b, "web", { api: "restart", cache: "restart" }),
  "a need less": (b) => setNeeds(b, "web", {}),
};
const ofCoordinator: Readonly<Record<string, Change>> = {
  "the coordinator restarted": (b) => b.coordinator.killCoordinator(),
  "the coordinator's volume lost": (b) => b.loseVolume(),
  "the coordinator replaced": (b) => b.replaceCoordinator(),
  "the coordinator stopped": (b) => b.stopCoordinator(),
};

/** Whether it runs: another change may have stopped it, or be about to replace it. */
function isThere(b: PulumiBench, service: string): boolean {
  return b.engine.container(b.container(service))?.running === true;
}

function declared(b: PulumiBench, service: string): Declared {
  const found = b.declared[service];
  if (found === undefined) throw new Error(`there is no service ${service}`);
  return found;
}

function patch(b: PulumiBench, service: string, change: Partial<ReadinessSpec>): void {
  const changed = declared(b, service);
  changed.spec = { ...changed.spec, ...change };
}

function setNeeds(b: PulumiBench, service: string, needs: Record<string, "restart" | "revalidate">): void {
  b.declared[service] = { ...declared(b, service), needs };
}

interface Effects {
  readonly replaced: string[];
  readonly restarted: string[];
  readonly started: string[];
  readonly proven: string[];
  readonly resources: readonly string[];
}

/** What is announced of each service, from the rows and the lines of a preview, and from the versions that differ. */
async function announced(b: PulumiBench): Promise<Effects> {
  const { changed, notices } = await b.preview();
  const said = (pattern: RegExp) => notices.flatMap((text) => pattern.exec(text)?.[1] ?? []);
  const names = Object.keys(b.declared);
  const there = await Promise.all(names.map((name) => b.engine.inspect(b.container(name))));
  const replaced = names.filter((_, i) => there[i] === undefined);
  const toRestart = said(/^(\w+) will be restarted: /);
  // Of one that has ended, a restart is its start.
  const restarted = toRestart.filter((name) => isThere(b, name));
  const toStart = toRestart.filter((name) => !isThere(b, name));
  const started = [...said(/^(\w+) will be started and proven again: /), ...toStart];
  const all = notices.some((text) => text.includes("all services are proven again")) ? names : [];
  const again = said(/^(\w+) will be proven again: /);
  const proven = [...replaced, ...restarted, ...started, ...again, ...all];
  return effects({ replaced, restarted, started, proven, resources: changed });
}

/** What an `up` does, as the engine and the coordinator see it. */
async function done(b: PulumiBench): Promise<Effects> {
  const names = Object.keys(b.declared);
  const before = await Promise.all(names.map((name) => b.engine.inspect(b.container(name))));
  const { transitions } = b.coordinator;
  transitions.length = 0;
  b.engine.calls.length = 0;
  const { changed } = await b.up();
  const called = (verb: string) =>
    b.engine.calls.flatMap((call) => (call.startsWith(`${verb} `) ? [/ (\w+)-/.exec(call)?.[1] ?? ""] : []));
  return effects({
    replaced: names.filter((_, i) => before[i] === undefined),
    // A restart is a stop and a start.
    restarted: called("stop"),
    started: called("start"),
    // One that passes while what it needs is not ready is impaired at once.
    proven: transitions.flatMap(({ service, from, to }) =>
      from === "starting" && (to === "ready" || to === "degraded") ? [service] : [],
    ),
    resources: changed,
  });
}

function effects(raw: { readonly [K in keyof Effects]: readonly string[] }): Effects {
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  return {
    replaced: sorted(raw.replaced),
    restarted: sorted(raw.restarted),
    // What is restarted, or has another container, needs no start of its own.
    started: sorted(
      raw.started.filter((name) => !raw.restarted.includes(name) && !raw.replaced.includes(name)),
    ),
    proven: sorted(raw.proven),
    resources: sorted(raw.resources),
  };
}

async function agree(b: PulumiBench): Promise<Effects> {
  const expected = await announced(b);
  expect(await announced(b), "a preview changes nothing").toEqual(expected);
  expect(await done(b)).toEqual(expected);
  const { changed, notices } = await b.preview();
  expect({ changed, notices }, "nothing is left to do").toEqual({ changed: [], notices: [] });
  return expected;
}

const services = ["db", "cache", "api", "job", "web", "side", "lazy"];
const cases = [
  ...Object.entries(ofService).flatMap(([kind, change]) =>
    services.map((service) => [`${kind} of ${service}`, (b: PulumiBench) => change(b, service)] as const),
  ),
  ...Object.entries({ ...ofEdges, ...ofCoordinator }).map(
    ([kind, change]) => [kind, (b: PulumiBench) => change(b, "")] as const,
  ),
];

test.for(cases)("%s: announced is what is done", async ([, change]) => {
  const b = stack();
  await b.up();
  await change(b);
  // What the coordinator does about it, it has done by then.
  await b.coordinator.clock.advance(10_000);
  await agree(b);
});

const healedCases = Object.entries(healed).flatMap(([kind, change]) =>
  services.map((service) => [`${kind} of ${service}`, (b: PulumiBench) => change(b, service)] as const),
);

test.for(healedCases)(
  "after %s the coordinator has seen to all, and no up has anything to do",
  async ([, change]) => {
    const b = stack();
    await b.up();
    await change(b);
    await b.coordinator.clock.advance(10_000);
    expect(await agree(b)).toEqual({ replaced: [], restarted: [], started: [], proven: [], resources: [] });
  },
);

test("a timeout that changes restarts nobody, and proves that service alone", async () => {
  const b = stack();
  await b.up();
  patch(b, "api", { budget: "90s" });
  expect(await agree(b)).toEqual({
    ...{ replaced: [], restarted: [], started: [], proven: ["api"] },
    resources: ["api", "gate of app"],
  });
});

test("a container that is replaced restarts, proves or leaves alone what needs it, by the edge's policy", async () => {
  const b = stack();
  await b.up();
  declared(b, "api").version++;
  expect(await agree(b)).toMatchObject({
    ...{ replaced: ["api"], restarted: ["web"], started: [], proven: ["api", "lazy", "side", "web"] },
  });
});

test("after a restart of the coordinator nothing is to be done: it has forgotten nothing", async () => {
  const b = stack();
  await b.up();
  b.coordinator.killCoordinator();
  expect(await agree(b)).toEqual({ replaced: [], restarted: [], started: [], proven: [], resources: [] });
});

test.for([
  ["that is another one", (b: PulumiBench) => b.replaceCoordinator(), "the coordinator is replaced"],
  [
    "that has lost its volume",
    (b: PulumiBench) => b.loseVolume(),
    "the coordinator knows no service: what it had kept on its volume is gone",
  ],
] as const)(
  "by a coordinator %s all is proven again, for one cause that is said once",
  async ([, change, text]) => {
    const b = stack();
    await b.up();
    await change(b);
    const { changed, notices } = await b.preview();
    expect(changed).toHaveLength(10);
    expect(notices).toEqual([`${text}: all services are proven again, and none is restarted for that`]);
    expect(await agree(b)).toMatchObject({ restarted: [], started: [], proven: [...services].sort() });
  },
);

test("a coordinator that is stopped is started, and all gates are waited for: it has forgotten nothing", async () => {
  const b = stack();
  await b.up();
  b.stopCoordinator();
  const { changed, notices } = await b.preview();
  expect(changed).toEqual(["gate of data", "gate of app", "gate of front"]);
  expect(notices).toEqual([
    "the coordinator is stopped, and will be started: all gates are waited for again",
  ]);
  expect(await agree(b)).toMatchObject({ restarted: [], started: [], proven: [] });
});

test("state of an earlier version is rewritten in place: all is proven again, and nothing is replaced or restarted", async () => {
  const b = stack();
  await b.up();
  b.stateUnderEarlierNames();
  expect((await b.preview()).notices).toEqual([
    "the coordinator is of an earlier version: all services are proven again, and none is restarted for that",
  ]);
  expect(await agree(b)).toMatchObject({
    ...{ replaced: [], restarted: [], started: [], proven: [...services].sort() },
  });
});

test("state of an earlier version, and a new coordinator: all is proven again, and nothing is restarted", async () => {
  const b = stack();
  await b.up();
  b.stateUnderEarlierNames();
  b.replaceCoordinator();
  expect(await agree(b)).toMatchObject({
    ...{ replaced: [], restarted: [], started: [], proven: [...services].sort() },
  });
});

test("a container that is replaced restarts what needs it also where the state is of an earlier version", async () => {
  const b = stack();
  await b.up();
  b.stateUnderEarlierNames();
  declared(b, "api").version++;
  expect(await agree(b)).toMatchObject({ replaced: ["api"], restarted: ["web"], started: [] });
});

test("what an up has left undone when it was killed is done by the coordinator, and not once more by the next up", async () => {
  const b = stack();
  await b.up();
  declared(b, "api").version++;
  b.engine.calls.length = 0;
  await b.upKilledBefore("web");
  expect(b.engine.calls).toEqual(["start api-2", "stop web-1", "start web-1"]);
  const { transitions } = b.coordinator;
  const proven = (since: number) =>
    transitions.slice(since).flatMap(({ service, from }) => (from === "starting" ? [service] : []));
  expect(new Set(proven(0).filter((service) => service !== "api"))).toContain("side");
  const since = transitions.length;
  await b.up();
  expect(b.engine.calls.slice(3), "nothing is restarted once more").toEqual([]);
  // Pulumi has not heard that they were proven.
  expect(new Set(proven(since))).toEqual(new Set(["side", "lazy"]));
  expect(await agree(b)).toEqual({ replaced: [], restarted: [], started: [], proven: [], resources: [] });
});

test("any changes together: announced is what is done", { timeout: 60_000 }, async () => {
  const random = seededRandom(7);
  const below = (n: number) => Math.floor(random() * n);
  for (let round = 0; round < 60; round++) {
    const b = stack();
    await b.up();
    // What is healed has been by the time that anything else is changed.
    const from = [healedCases, ...Array.from({ length: 1 + below(3) }, () => cases)];
    const chosen = from.map((changes) => changes[below(changes.length)]).filter((one) => one !== undefined);
    for (const [, change] of chosen) {
      await change(b);
      await b.coordinator.clock.advance(10_000);
    }
    await agree(b).catch((error: unknown) => {
      throw new Error(`round ${round}: ${chosen.map(([name]) => name).join(" + ")}`, { cause: error });
    });
  }
});
