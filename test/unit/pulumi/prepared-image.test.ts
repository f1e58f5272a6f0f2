import { beforeEach, expect, test, vi } from "vitest";
import {
  check,
  create,
  diff,
  type PreparedImageInputs,
} from "../../../lib/pulumi/providers/prepared-image.ts";

const engine = vi.hoisted(() => ({ checked: [] as string[], here: true }));
vi.mock("../../../lib/engine/docker-engine.ts", () => ({
  dockerClient: () => ({}),
  engineAddress: () => "unix:///engine",
}));
vi.mock("../../../lib/engine/images.ts", () => ({
  hasImage: async () => engine.here,
  imageHere: async (_docker: unknown, wanted: string) => (engine.here ? { reference: wanted } : undefined),
  prepareImage: async (_docker: unknown, wanted: string) => ({ reference: wanted, source: "registry" }),
}));
vi.mock("../../../lib/engine/run-check.ts", () => ({
  runProblems: async (_docker: unknown, _reference: string, { command = [] }: { command?: string[] }) => {
    engine.checked.push(command.join(" "));
    return command[0] === "missing" ? [`there is no ${command[0]}`] : [];
  },
}));
vi.mock("../../../lib/pulumi/providers/row-progress.ts", () => ({ rowProgress: () => () => {} }));

const run = (command: string, ...services: string[]) => ({
  services,
  command: [command],
  mounts: [],
  files: [],
});
let image = 0;
let inputs: PreparedImageInputs;

beforeEach(() => {
  engine.checked = [];
  engine.here = true;
  // What was checked of an image is known for the whole process.
  image += 1;
  inputs = { row: "row", wanted: `node:${image}`, runs: [run("serve", "api", "web")] };
});

test("each way to run an image is checked once, however many services run it so", async () => {
  await check({}, { ...inputs, runs: [run("serve", "api", "web"), run("work", "worker")] });
  expect(engine.checked).toEqual(["serve", "work"]);
});

test("a further service is checked, and what was checked before is not", async () => {
  await check(inputs, { ...inputs, runs: [run("serve", "api", "web", "admin"), run("work", "worker")] });
  expect(engine.checked).toEqual(["work"]);
});

test("another image is checked with all that run it", async () => {
  await check({ ...inputs, wanted: "node:0" }, inputs);
  expect(engine.checked).toEqual(["serve"]);
});

test("what the engine would refuse is said with those that it would refuse, whether the image is there or is pulled", async () => {
  const news = {
    ...inputs,
    runs: [run("serve", "api"), run("missing", "a", "b", "c", "d", "e", "f", "g")],
  };
  const text =
    /nothing of a, b, c, d, e, 2 more was changed: the engine would not start them as they are declared:\n.*there is no missing/;
  await expect(check({}, news)).rejects.toThrow(text);
  engine.here = false;
  await expect(check({}, news)).resolves.toBeDefined();
  await expect(create(news)).rejects.toThrow(text);
  engine.here = true;
  await expect(check({}, { ...news, runs: [run("missing", "a")] })).rejects.toThrow(
    "nothing of a was changed: the engine would not start it as it is declared",
  );
});

test("the state has no more than what is compared, and no undefined, which Pulumi does not take", async () => {
  const created = await create({ ...inputs, accounts: [], platform: undefined });
  const outs = created.outs as Record<string, unknown>;
  expect(Object.entries(outs)).toEqual([
    ["wanted", inputs.wanted],
    ["reference", inputs.wanted],
    ["source", "registry"],
  ]);
  expect(await diff("id", outs as never, inputs)).toEqual({ changes: false });
});

test("the state of a version that checked one service's run for each image is no reason to prepare it again", async () => {
  const before = {
    ...inputs,
    run: { ...run("serve"), service: "api" },
    reference: inputs.wanted,
    source: "local",
  };
  expect(await diff("id", before, inputs)).toEqual({ changes: false });
  engine.here = false;
  expect(await diff("id", before, inputs)).toEqual({ changes: true });
});
