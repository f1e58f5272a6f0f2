import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import type { Json } from "../../lib/core/json.ts";
import { isRecord, valueAt } from "../../lib/review/differences.ts";
import { containerCases } from "./containers/cases.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// Every option of a container as the engine has it, and what a change of it does: one stack, one service.
const docker = dockerClient();
const mib = 2 ** 20;
let trial: TrialProject;

type Options = Readonly<Record<string, Json>>;

const withOptions = (options: Options) => ({ env: { BOX_OPTIONS: JSON.stringify(options) } });

async function up(options: Options): Promise<string> {
  const { code, output } = await trial.pulumi(["up", "--yes", "--skip-preview"], withOptions(options));
  expect(code, output).toBe(0);
  return output;
}

/** What a preview says that becomes of the container, or else of its limits. */
async function previewed(options: Options, flags: readonly string[] = []): Promise<string> {
  const { code, output } = await trial.pulumi(["preview", "--json", ...flags], withOptions(options));
  expect(code, output.slice(-2000)).toBe(0);
  const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as {
    readonly steps: readonly { readonly op: string; readonly urn: string }[];
  };
  const opsOf = (type: string) =>
    steps.flatMap(({ op, urn }) =>
      urn.endsWith(`${type}::box`) && !["same", "refresh"].includes(op) ? [op] : [],
    );
  const ops = opsOf("docker:index/container:Container");
  if (ops.some((op) => op.includes("replace"))) return "replace";
  return ops[0] ?? (opsOf(":ServiceReadiness").length > 0 ? "limits" : "same");
}

async function inspected(): Promise<{ readonly Id: string } & Readonly<Record<string, Json>>> {
  const info: unknown = await docker.getContainer("boxed-containers-box").inspect();
  return info as { readonly Id: string } & Readonly<Record<string, Json>>;
}

async function expectOnEngine(options: Options): Promise<void> {
  const info = await inspected();
  for (const { at, place, seen } of containerCases) {
    const declared = valueAt(options, at.split("."));
    if (declared === undefined) continue;
    expect(valueAt(info, place.split(".")), `${at}: ${JSON.stringify(declared)}`).toEqual(seen(declared));
  }
}

/** The options of all cases together: with their first values, or their second ones. */
function together(which: "first" | "second", of = containerCases): Options {
  return of.reduce<Options>((options, one) => merged(options, one.at.split("."), one[which]), {});
}

function merged(options: Options, [key = "", ...rest]: readonly string[], value: Json): Options {
  const within = options[key];
  return {
    ...options,
    [key]: rest.length === 0 ? value : merged(isRecord(within) ? within : {}, rest, value),
  };
}

beforeAll(async () => {
  const config = {
    ...{ declaration: "boxed", environment: "test", validationLevel: "basic" },
    ...{ startupTimeoutMultiplier: "1.0", healthCheckInterval: "15s", portBase: 12_000 },
  };
  trial = await openTrial("containers", config, "test/e2e/containers/stacks");
});

afterAll(() => trial.remove());

test("a container is created with every option", async () => {
  await up(together("first"));
  await expectOnEngine(together("first"));
});

test("a refresh finds no option that is another one", async () => {
  expect(await previewed(together("first"), ["--refresh"])).toBe("same");
});

test.for(containerCases)(
  "a preview says what a change of $at does: $change",
  async ({ at, second, change }) => {
    const preview = await previewed(merged(together("first"), at.split("."), second));
    expect(preview).toBe(change);
  },
);

test("what changes in place changes in place, and is no drift", async () => {
  const { Id: id } = await inspected();
  const options = containerCases
    .filter(({ change }) => change !== "replace")
    .reduce((all, { at, second }) => merged(all, at.split("."), second), together("first"));
  await up(options);
  expect((await inspected()).Id).toBe(id);
  await expectOnEngine(options);
  expect(await drift()).toEqual([]);
  expect(await previewed(options)).toBe("same");
});

test("a limit that somebody else has set is drift", async () => {
  await docker.getContainer("boxed-containers-box").update({ Memory: 200 * mib, MemorySwap: 400 * mib });
  await expect.poll(drift, { timeout: 30_000 }).toEqual([
    expect.objectContaining({
      text: "box has a memory limit of 200 MiB instead of 160 MiB",
      command: "docker update --memory 160m --memory-swap 224m boxed-containers-box",
    }),
  ]);
  await docker.getContainer("boxed-containers-box").update({ Memory: 160 * mib, MemorySwap: 224 * mib });
  await expect.poll(drift, { timeout: 30_000 }).toEqual([]);
});

test("what is replaced, and what the engine takes away with the container alone", async () => {
  const { Id: id } = await inspected();
  await up(together("second"));
  expect((await inspected()).Id).not.toBe(id);
  await expectOnEngine(together("second"));
});

test("a stop gives it the signal that it wants", async () => {
  const { code, output } = await trial.run("npx", ["phasegate", "stop", "box", "--stack", trial.stack]);
  expect(code, output).toBe(0);
  const { State: state } = await docker.getContainer("boxed-containers-box").inspect();
  const sigint = 2;
  expect(state).toMatchObject({ Running: false, ExitCode: sigint });
});

test("the coordinator, and what says nothing, keep three files of 10 MiB of what they write", async () => {
  await up({});
  for (const name of ["coordinator", "box"]) {
    const { HostConfig: config } = await docker.getContainer(`boxed-containers-${name}`).inspect();
    const files = { "max-size": "10485760", "max-file": "3" };
    expect(config.LogConfig, name).toEqual({ Type: "json-file", Config: files });
  }
});

test("GPUs are asked for, and an engine without them says so", async () => {
  const { code, output } = await trial.pulumi(["up", "--yes", "--skip-preview"], withOptions({ gpus: 2 }));
  expect(code).not.toBe(0);
  expect(output).toContain("box could not be started: the engine has no driver for the GPUs");
  const { HostConfig: config } = await docker.getContainer("boxed-containers-box").inspect();
  expect(config.DeviceRequests).toMatchObject([{ Count: 2, Capabilities: [["gpu"]] }]);
});

test("more CPUs than there are is refused before the container starts, with the engine's words", async () => {
  const options = { resources: { cpus: 9999 } };
  const { code, output } = await trial.pulumi(["up", "--yes", "--skip-preview"], withOptions(options));
  expect(code).not.toBe(0);
  expect(output).toContain("the engine's machine has fewer CPUs");
});

test("a limit that is declared no more is gone", async () => {
  await up(
    together(
      "first",
      containerCases.filter(({ at }) => at.startsWith("resources.")),
    ),
  );
  expect(await previewed({})).toBe("replace");
  await up({});
  const info = await inspected();
  expect(valueAt(info, ["HostConfig", "Memory"])).toBe(0);
  expect(valueAt(info, ["HostConfig", "NanoCpus"])).toBe(0);
  expect(valueAt(info, ["HostConfig", "PidsLimit"]) ?? 0).toBe(0);
  expect(await drift()).toEqual([]);
});

async function drift(): Promise<readonly unknown[]> {
  const { output } = await trial.run("npx", ["phasegate", "status", "--stack", trial.stack, "--json"]);
  const { drift: found } = JSON.parse(output.slice(output.indexOf("{"))) as {
    readonly drift: readonly unknown[];
  };
  return found;
}
