import { describe, expect, test, vi } from "vitest";
import {
  check,
  diff,
  type StackContainersOutputs,
  update,
} from "../../../lib/pulumi/providers/stack-containers.ts";

const engine = vi.hoisted(() => ({
  answers: true,
  names: [] as string[],
  notices: [] as string[],
  networks: ["net"],
}));
const coordinator = vi.hoisted(() => ({ answers: true, forgotten: [] as string[][] }));
vi.mock("../../../lib/engine/containers-there.ts", () => ({
  containersThere: async () => {
    if (!engine.answers) throw new Error("the engine does not answer");
    return engine.names.map((name) => ({ name, networks: ["net"] }));
  },
}));
vi.mock("../../../lib/engine/networks.ts", () => ({
  listNetworks: async () => engine.networks.map((id) => ({ id })),
}));
vi.mock("../../../lib/engine/docker-engine.ts", () => ({
  connectEngine: () => ({
    inspect: async (name: string) => (engine.names.includes(name) ? { id: `id of ${name}` } : undefined),
  }),
}));
vi.mock("../../../lib/pulumi/providers/coordinators.ts", () => ({
  coordinator: async () => ({
    call: async (_method: string, { services }: { services: string[] }) => {
      if (!coordinator.answers) throw new Error("the coordinator cannot be reached");
      coordinator.forgotten.push(services);
      return { services };
    },
  }),
}));
vi.mock("../../../lib/pulumi/providers/row-progress.ts", () => ({
  rowNotice: () => (text: string) => engine.notices.push(text),
}));

const names = (...services: string[]) =>
  Object.fromEntries(services.map((name) => [name, `shop-dev-${name}`]));

/** What the next preview or `up` finds: whether the resource changes, and how often each container was created. */
async function next(olds: StackContainersOutputs | undefined, services: string[], there: string[]) {
  engine.names = there.map((name) => `shop-dev-${name}`);
  engine.notices = [];
  const news = { row: "urn:pulumi:dev::p::t::containers", names: names(...services) };
  const inputs = (await check(olds ?? {}, news)).inputs as StackContainersOutputs;
  const changes = olds === undefined || (await diff("containers", olds, inputs)).changes === true;
  return { inputs, changes, notices: engine.notices };
}

test("containers that stay are not replaced, and say nothing", async () => {
  const first = await next(undefined, ["coordinator", "web"], []);
  expect(first.inputs.creations).toEqual({ coordinator: 1, web: 1 });
  expect(await next(first.inputs, ["coordinator", "web"], ["coordinator", "web"])).toMatchObject({
    changes: false,
    notices: [],
  });
});

test("an engine that does not answer fails the check, and nothing besides", async () => {
  engine.answers = false;
  // A rejection that nobody handles would end the provider, and vitest fails by it.
  await expect(next(undefined, ["coordinator", "web"], [])).rejects.toThrow("does not answer");
  engine.answers = true;
});

test("what was removed by hand is created again, once, and all of it is said in one line", async () => {
  const services = ["coordinator", "db", "web"];
  const first = await next(undefined, services, []);
  const gone = await next(first.inputs, services, ["db"]);
  expect(gone.inputs.creations).toEqual({ coordinator: 2, db: 1, web: 2 });
  expect(gone.notices).toEqual([
    "the containers of coordinator and web are not on the engine: they will be created",
  ]);
  expect(await next(gone.inputs, services, services)).toMatchObject({ changes: false, notices: [] });
  const again = await next(gone.inputs, services, ["coordinator", "db"]);
  expect(again.inputs.creations).toEqual({ coordinator: 2, db: 1, web: 3 });
  expect(again.notices).toEqual(["the container of web is not on the engine: it will be created"]);
});

test("containers on a network that was removed are replaced: the engine does not start them again", async () => {
  const services = ["coordinator", "web"];
  const first = await next(undefined, services, []);
  engine.networks = [];
  const off = await next(first.inputs, services, services);
  expect(off.inputs.creations).toEqual({ coordinator: 2, web: 2 });
  expect(off.notices).toEqual([
    "a network of coordinator and web is not on the engine any more: their containers will be replaced",
  ]);
  engine.networks = ["net"];
  expect(await next(off.inputs, services, services)).toMatchObject({ changes: false, notices: [] });
});

test("a preview and the update after it find the same", async () => {
  const first = await next(undefined, ["web"], []);
  expect((await next(first.inputs, ["web"], [])).inputs).toEqual(
    (await next(first.inputs, ["web"], [])).inputs,
  );
});

test("a service that is new, or left, is no container that was removed", async () => {
  const first = await next(undefined, ["db"], []);
  const more = await next(first.inputs, ["db", "web"], ["db"]);
  expect(more).toMatchObject({ inputs: { creations: { db: 1, web: 1 } }, changes: true, notices: [] });
  const less = await next(more.inputs, ["db"], ["db", "web"]);
  expect(less).toMatchObject({ inputs: { creations: { db: 1 } }, changes: true, notices: [] });
});

test("containers of a stack that an earlier version has brought up are not replaced for this", async () => {
  const first = await next(undefined, ["db"], ["db"]);
  expect(await next(first.inputs, ["db"], ["db"])).toMatchObject({ changes: false });
});

describe("a service that has left the declaration, with its phase or without,", () => {
  const up = async (olds: StackContainersOutputs, services: string[], there: string[]) => {
    const { inputs, changes, notices } = await next(olds, services, there);
    const outs = changes ? ((await update("containers", olds, inputs)).outs as StackContainersOutputs) : olds;
    return { outs, changes, notices };
  };
  const all = ["coordinator", "db", "web"];
  const left = ["coordinator", "db"];

  test("is forgotten by the coordinator, once", async () => {
    coordinator.forgotten = [];
    const first = await next(undefined, all, []);
    const gone = await up(first.inputs, left, all);
    expect(coordinator.forgotten).toEqual([["web"]]);
    expect(await up(gone.outs, left, left)).toMatchObject({ changes: false });
    expect(coordinator.forgotten).toHaveLength(1);
  });

  test.for<[string, boolean, string[], string[]]>([
    ["does not answer", false, all, [expect.stringContaining("could not forget web") as string]],
    ["is not there", true, ["db", "web"], []],
  ])("is forgotten by the next update where the coordinator %s", async ([, answers, there, notices]) => {
    coordinator.forgotten = [];
    coordinator.answers = answers;
    const first = await next(undefined, all, []);
    const failed = await up(first.inputs, left, there);
    expect(coordinator.forgotten).toEqual([]);
    expect(engine.notices.filter((text) => text.includes("forget"))).toEqual(notices);
    coordinator.answers = true;
    const retried = await up(failed.outs, left, left);
    expect(coordinator.forgotten).toEqual([["web"]]);
    expect(await up(retried.outs, left, left)).toMatchObject({ changes: false });
  });

  test("and came back is not forgotten late", async () => {
    coordinator.forgotten = [];
    coordinator.answers = false;
    const first = await next(undefined, all, []);
    const failed = await up(first.inputs, left, all);
    coordinator.answers = true;
    await up(failed.outs, all, left);
    expect(coordinator.forgotten).toEqual([]);
  });
});
