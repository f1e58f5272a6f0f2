import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

/** What a program prints that Pulumi's SDK is loaded by. */
function printed(program: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...args, "--input-type=commonjs", "--eval", program],
    // A cache of the caller's own stands before ours.
    { cwd: process.cwd(), encoding: "utf8", env: { ...process.env, NODE_COMPILE_CACHE: undefined } },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

const quickly = ["--require", join(process.cwd(), "lib/pulumi/start/quick-start.mjs")];

test("packages that are seldom used are not loaded", () => {
  const loaded = `
    require("@pulumi/pulumi");
    require("dockerode");
    const files = Object.keys(require.cache).filter((file) => /node_modules.(typescript|@npmcli.arborist|pacote|ssh2|@grpc.proto-loader)./.test(file));
    console.log(JSON.stringify(files.map((file) => file.split("node_modules/")[1]).sort()));`;
  const stubs = ["@npmcli/arborist/lib/index.js", "typescript/lib/typescript.js"];
  expect(printed(loaded, ...quickly)).toEqual(stubs);
  const all = printed(loaded);
  expect(all).toEqual(expect.arrayContaining(stubs));
  expect((all as string[]).length).toBeGreaterThan(stubs.length);
});

test("who serialises a function gets the same as without", () => {
  // It reads the program by TypeScript, and the packages that it needs by arborist.
  const serialise = `
    const { runtime } = require("@pulumi/pulumi");
    const { join } = require("node:path");
    const at = "there";
    const { text } = await runtime.serializeFunction(() => join("somewhere", at));
    const paths = await runtime.computeCodePaths();
    console.log(JSON.stringify({ text, paths: [...paths.keys()].sort() }));`;
  const program = `(async () => {${serialise}})();`;
  const quick = printed(program, ...quickly);
  expect(quick).toEqual(printed(program));
  // Neither is what a package that loads nothing would give.
  expect(JSON.stringify(quick)).toMatch(/somewhere.*node_modules\/zod/);
});

test("an engine is reached by ssh as without", () => {
  const agent = `
    const agent = require("docker-modem/lib/ssh")({ host: "127.0.0.1", port: 1 });
    console.log(JSON.stringify(agent instanceof require("node:http").Agent));`;
  expect(printed(agent, ...quickly)).toBe(true);
});

test("what is loaded again comes out of a cache in the project", () => {
  const directory = `console.log(JSON.stringify(require("node:module").getCompileCacheDir() ?? null));`;
  expect(printed(directory, ...quickly)).toMatch(/node_modules\/\.cache\/phasegate\//);
  expect(printed(directory)).toBeNull();
});
