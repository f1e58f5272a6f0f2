import { beforeEach, expect, test, vi } from "vitest";
import type * as readiness from "../../../lib/pulumi/providers/service-readiness.ts";
import type { ServiceReadinessInputs } from "../../../lib/pulumi/providers/readiness-inputs.ts";
import { supervisionDefaults } from "../../../lib/model/supervision.ts";
import { readinessSpec } from "../../support/desired.ts";

const said = vi.hoisted(() => [] as string[]);
const asked = vi.hoisted(() => [] as string[]);
const client = vi.hoisted(() => ({ call: async (method: string) => (asked.push(method), {}) }));
vi.mock("../../../lib/pulumi/providers/coordinators.ts", () => ({
  coordinator: async () => client,
  coordinatorAsItIs: async () => client,
}));
vi.mock("../../../lib/engine/docker-engine.ts", () => ({
  connectEngine: () => ({ inspect: async () => ({ running: true, startedMs: 1, limits: {} }) }),
}));
vi.mock("../../../lib/pulumi/providers/row-progress.ts", () => ({
  rowNotice: () => (text: string) => said.push(text),
  rowWarning: () => (text: string) => said.push(text),
}));

/** Every preview, every update and every refresh has a process of its own. */
async function another(): Promise<typeof readiness> {
  vi.resetModules();
  return import("../../../lib/pulumi/providers/service-readiness.ts");
}

const program: ServiceReadinessInputs = {
  ...{ row: "urn:pulumi:dev::project::type::db", coordinator: "coordinator-1", service: "db", phase: "data" },
  ...{
    container: "db-1",
    startIndex: 0,
    after: [],
    supervision: { ...supervisionDefaults, interval: "15s" },
  },
  dependencies: { cache: { onChange: "restart", generation: "cache-1 generation 1", samePhase: true } },
  keptPasswords: [{ secret: "password", volume: "data" }],
  secrets: { password: "first" },
  ...readinessSpec(),
};

interface State {
  readonly inputs: never;
  readonly outputs: never;
}

async function created(): Promise<State> {
  const { check, create } = await another();
  const inputs = (await check({}, program)).inputs as never;
  return { inputs, outputs: (await create(inputs)).outs as never };
}

/** What Pulumi does of a program's resource that is in the state. */
async function compared(state: State, news: ServiceReadinessInputs): Promise<boolean | undefined> {
  const { check, diff } = await another();
  const inputs = (await check(state.inputs, news)).inputs as never;
  return (await diff("data/db", state.outputs, inputs)).changes;
}

beforeEach(() => {
  said.splice(0);
  asked.splice(0);
});

test("the state has what is expected once, and secrets once", async () => {
  const { outputs } = await created();
  expect(Object.keys(outputs).sort()).toEqual(
    ["container", "coordinator", "generation", "job", "service", "verification", "wanted"].sort(),
  );
});

test("each change of what is expected is a change all the same, and is said", async () => {
  const state = await created();
  expect(await compared(state, program)).toBe(false);
  expect(await compared(state, { ...program, budget: "90s" })).toBe(true);
  expect(said).toEqual(["db will be proven again: its readiness spec has changed (budget)"]);
  expect(await compared(state, { ...program, startIndex: 1 })).toBe(true);
  const { onChange, samePhase } = program.dependencies?.["cache"] ?? { onChange: "ignore", samePhase: true };
  const cache = { onChange, samePhase, generation: "cache-2 generation 1" };
  expect(await compared(state, { ...program, dependencies: { cache } })).toBe(true);
  expect(said.at(-1)).toBe("db will be restarted: cache, which it needs, is replaced or restarted");
  expect(await compared(state, { ...program, secrets: { password: "second" } })).toBe(true);
  expect(said.at(-1)).toContain("db keeps its password in its volume data");
});

test("a refresh, which compares without a check, finds no change", async () => {
  const { inputs, outputs } = await created();
  const { diff } = await another();
  expect(await diff("data/db", outputs, inputs)).toEqual({ changes: false });
  expect(said).toEqual([]);
});

test("the state of a version that wrote all inputs among the outputs is as good", async () => {
  const { inputs, outputs } = await created();
  const before: State = { inputs, outputs: { ...(inputs as object), ...(outputs as object) } as never };
  expect(await compared(before, program)).toBe(false);
  const { diff } = await another();
  expect(await diff("data/db", before.outputs, inputs)).toEqual({ changes: false });
});

test("what a check has found out is not asked again by the comparison that follows, and by the next one is", async () => {
  const { inputs, outputs } = await created();
  const { check, diff } = await another();
  asked.splice(0);
  const news = (await check(inputs, program)).inputs as never;
  expect(await diff("data/db", outputs, news)).toEqual({ changes: false });
  expect(asked).toEqual(["staleness"]);
  expect(await diff("data/db", outputs, news)).toEqual({ changes: false });
  expect(asked).toEqual(["staleness", "staleness"]);
});
