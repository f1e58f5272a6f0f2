import { expect, test, vi } from "vitest";
import {
  check,
  create,
  diff,
  remove,
  type StackNetworkInputs,
  type StackNetworkOutputs,
} from "../../../lib/pulumi/providers/stack-network.ts";
import { PhasegateError } from "../../../lib/core/errors.ts";

const engine = vi.hoisted(() => ({
  networks: [] as { id: string; name: string; labels: Record<string, string> }[],
  guests: [] as string[],
  counted: 0,
  notices: [] as string[],
}));
vi.mock("../../../lib/engine/networks.ts", () => ({
  listNetworks: async () => engine.networks,
  createNetwork: async (_host: undefined, name: string, labels: Record<string, string>) => {
    const id = `${name} ${engine.networks.length + 1}`;
    engine.networks.push({ id, name, labels });
    return id;
  },
  containersOn: async () => engine.guests,
  removeNetwork: async (_host: undefined, id: string) => {
    if (engine.guests.length + engine.counted > 0)
      throw new PhasegateError("PHASEGATE_ENGINE_REFUSED", "network shop-dev has active endpoints");
    engine.networks = engine.networks.filter((network) => network.id !== id);
  },
}));
vi.mock("../../../lib/pulumi/providers/row-progress.ts", () => ({
  rowNotice: () => (text: string) => engine.notices.push(text),
}));

const labels = {
  "phasegate.declaration": "shop",
  "phasegate.stack": "dev",
  "phasegate.environment": "development",
  "phasegate.network": "default",
};
const inputs: StackNetworkInputs = { row: "urn:pulumi:dev::p::t::network", name: "shop-dev", labels };

async function checked(olds: Partial<StackNetworkOutputs>, news = inputs): Promise<StackNetworkOutputs> {
  return (await check(olds, news)).inputs as StackNetworkOutputs;
}

async function up(networks: typeof engine.networks = []): Promise<{ id: string; outs: StackNetworkOutputs }> {
  engine.networks = networks;
  engine.notices = [];
  const created = await create(await checked({}));
  return { id: created.id, outs: created.outs as StackNetworkOutputs };
}

test("a network that stays is left alone", async () => {
  const { id, outs } = await up();
  expect(await diff(id, outs, await checked(outs))).toMatchObject({ changes: false });
  expect(engine.notices).toEqual([]);
});

test("one that was removed by hand is replaced, and a preview says so", async () => {
  const { id, outs } = await up();
  engine.networks = [];
  const news = await checked(outs);
  expect(await diff(id, outs, news)).toMatchObject({ changes: true, replaces: ["creations"] });
  expect(engine.notices).toEqual(["the network shop-dev is not on the engine: it will be created"]);
  await remove(id, outs);
  await create(news);
  expect(engine.networks.map(({ name }) => name)).toEqual(["shop-dev"]);
  expect(await diff(id, news, await checked(news))).toMatchObject({ changes: false });
});

test("one that an up has created before it was killed is taken, and no second of its name made", async () => {
  const { id } = await up([{ id: "from before", name: "shop-dev", labels }]);
  expect(id).toBe("from before");
  expect(engine.networks).toHaveLength(1);
});

test("one of the same name that is another stack's is not taken", async () => {
  const others = { ...labels, "phasegate.stack": "staging" };
  const { id } = await up([{ id: "of staging", name: "shop-dev", labels: others }]);
  expect(id).not.toBe("of staging");
});

test("another environment replaces it: the engine changes no labels", async () => {
  const { id, outs } = await up();
  const news = await checked(outs, {
    ...inputs,
    labels: { ...labels, "phasegate.environment": "staging" },
  });
  expect(await diff(id, outs, news)).toMatchObject({ changes: true, replaces: ["labels"] });
});

test("one that others are on stays, and the message names them and shows no stack trace", async () => {
  const { id, outs } = await up();
  engine.guests = ["guest"];
  const error: unknown = await remove(id, outs).catch((one: unknown) => one);
  engine.guests = [];
  expect(String(error)).toMatch(/shop-dev .* guest\. "docker network disconnect -f shop-dev guest"/);
  expect(String(error)).toContain("[PHASEGATE_ENGINE_REFUSED]");
  expect((error as Error).stack).toBe("");
});

test("one that the engine has miscounted the containers of stays, and the message says what to do", async () => {
  const { id, outs } = await up();
  engine.counted = 1;
  const error: unknown = await remove(id, outs).catch((one: unknown) => one);
  engine.counted = 0;
  expect(String(error)).toMatch(/shop-dev cannot be removed: .* there are none\. Restart the engine/);
  expect(String(error)).toContain("[PHASEGATE_ENGINE_REFUSED]");
  await remove(id, outs);
  expect(engine.networks).toEqual([]);
});
