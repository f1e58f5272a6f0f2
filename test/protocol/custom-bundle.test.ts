import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProber } from "../../lib/coordinator/probing/edge-prober.ts";
import type { ProberAnswer } from "../../lib/coordinator/probing/prober.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { all } from "../../lib/model/composites.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { custom, tcp } from "../../lib/model/probes.ts";
import { resolveProbe } from "../../lib/model/resolve-probe.ts";
import { mapValues } from "../../lib/core/record.ts";
import { writeCoordinatorBundle } from "../support/coordinator-bundle.ts";
import { hang, listen } from "../support/loopback.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const module = "test/probes/misbehaves.ts";
const misdeed = (how: string, timeout: "1s" | "5s" = "5s") => custom(module, { with: how, timeout });

const folder = temporaryFolder();
let program: string;
beforeAll(async () => {
  program = await writeCoordinatorBundle(folder.path, [module, "test/probes/says.ts"]);
}, 30_000);
afterAll(() => folder[Symbol.dispose]());

/** Runs the bundled prober in a process of its own, on the engine's side of the coordinator, until each probe has answered. */
async function answers(
  probes: Readonly<Record<string, DeclaredProbe>>,
  port = 1,
): Promise<Record<string, string>> {
  const child = spawn(process.execPath, [program, "probe"], { stdio: ["pipe", "pipe", "inherit"] });
  const engine = {
    inspect: () => Promise.resolve({ image: "phasegate/coordinator" }),
    runOnce: () => Promise.resolve(Duplex.from({ readable: child.stdout, writable: child.stdin })),
  } as unknown as Engine;
  const said: Record<string, string> = {};
  const enough = new AbortController();
  const onAnswer = ({ probe, outcome }: ProberAnswer) => {
    said[probe] ??= outcome.status === "passed" ? "passed" : `${outcome.status}: ${outcome.cause.text}`;
    if (Object.keys(said).length === Object.keys(probes).length) enough.abort();
  };
  const task = {
    edges: [
      {
        dependent: "web",
        networks: [],
        needed: "shop",
        endpoint: { protocol: "tcp", host: "127.0.0.1", port } as const,
        probes: mapValues(probes, (probe) => resolveProbe(probe)),
      },
    ],
    secrets: {},
    cadence: { initialMs: 50, multiplier: 1, maxMs: 50, jitter: 0 },
  };
  try {
    await runProber(engine, { dependent: "web", networks: [], labels: {} }, task, onAnswer, enough.signal);
  } catch (error) {
    // Its stream breaks where it is ended.
    if (!enough.signal.aborted) throw error;
  } finally {
    child.kill("SIGKILL");
  }
  return said;
}

describe("a prober, with custom probes in its process", () => {
  test("answers, whatever they print or do", async () => {
    await using server = await listen(hang);
    const said = await answers(
      {
        other: tcp(server.port),
        prints: misdeed("prints"),
        printsMuch: misdeed("printsMuch"),
        writes: misdeed("writesPastNode"),
        whole: all([tcp(server.port), custom("test/probes/says.ts")]),
      },
      server.port,
    );
    expect(said).toEqual({
      other: "passed",
      prints: "passed",
      printsMuch: "passed",
      writes: "passed",
      whole: expect.stringMatching(/^failed: 1 of 2 parts did not pass: .*"host":"127.0.0.1"/) as string,
    });
  });

  test("goes on where one ends its thread or blocks it", async () => {
    await using server = await listen(hang);
    const said = await answers({ computes: misdeed("computes", "1s"), other: tcp(server.port) }, server.port);
    expect(said).toEqual({
      computes: expect.stringMatching(/it blocked the thread for [\d.]+m?s; a custom probe/) as string,
      other: "passed",
    });
    expect(await answers({ exits: misdeed("exits") })).toEqual({
      exits: `unknown: ${module} ended its thread by process.exit(3)`,
    });
    expect(await answers({ missing: custom("test/probes/elsewhere.ts") })).toEqual({
      missing: `unknown: the coordinator was built without test/probes/elsewhere.ts: the next "up" of the stack builds it in`,
    });
  });
});

describe("a coordinator without custom probes", () => {
  const threads = "custom-probe-output";
  const holding = (path: string) => readFileSync(path, "utf8").includes(threads);

  test("loads nothing of what they take", async () => {
    const names = readdirSync(folder.path);
    expect(names.filter((name) => holding(join(folder.path, name)))).toHaveLength(1);
    const loaded = await loadedFiles();
    expect(loaded.map((path) => basename(path))).toContain("main.mjs");
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded.filter(holding)).toEqual([]);
  });

  test("has not the program of threads in its image", async () => {
    using plain = temporaryFolder();
    await writeCoordinatorBundle(plain.path, []);
    expect(readdirSync(plain.path)).not.toContain("custom-thread.mjs");
    expect(readdirSync(dirname(program))).toContain("custom-thread.mjs");
  });
});

/** Starts the coordinator, without an engine, and says which files of the bundle it has loaded when it serves. */
async function loadedFiles(): Promise<string[]> {
  const hooks = `
    import { registerHooks } from "node:module";
    registerHooks({ load: (url, context, next) => { process.stderr.write("loaded " + url + "\\n"); return next(url, context); } });
  `;
  const child: ChildProcess = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(hooks)}`, program],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        DOCKER_HOST: `unix://${join(folder.path, "nobody.sock")}`,
        PHASEGATE_SOCKET: join(folder.path, "run", "control.sock"),
        PHASEGATE_HISTORY: join(folder.path, "history.db"),
      },
    },
  );
  try {
    if (child.stdout === null || child.stderr === null) throw new Error("both are piped");
    const loaded: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      const path = /^loaded file:\/\/(.*)$/.exec(line)?.[1];
      if (path !== undefined) loaded.push(path);
    });
    for await (const line of createInterface({ input: child.stdout }))
      if (line.includes('"event":"loaded"')) break;
    return loaded;
  } finally {
    child.kill("SIGKILL");
  }
}
