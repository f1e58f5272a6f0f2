import { build, type Metafile } from "esbuild";
import { beforeAll, expect, test } from "vitest";

const main = "lib/coordinator/main.ts";
const compileAhead = "lib/coordinator/compile-ahead.ts";
/** It imports the kinds of probes, each by its name. */
const registry = "lib/probe/registry.ts";

let inputs: Metafile["inputs"];

beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: [main, compileAhead],
    bundle: true,
    write: false,
    outdir: "/app",
    platform: "node",
    format: "esm",
    packages: "external",
    metafile: true,
    logLevel: "silent",
  });
  inputs = metafile.inputs;
});

/** The files that a file imports at once, or by `import()`. */
function imports(file: string, dynamically: boolean): readonly string[] {
  const all = inputs[file]?.imports ?? [];
  return all
    .filter(({ kind, external }) => external !== true && (kind === "dynamic-import") === dynamically)
    .map(({ path }) => path);
}

/** These files, and all that they import in the ways that are followed. */
function reached(from: readonly string[], follow: (file: string) => readonly string[]): ReadonlySet<string> {
  const files = new Set(from);
  for (const file of files) for (const next of follow(file)) files.add(next);
  return files;
}

test("whatever a coordinator imports at run time is compiled when its image is built", () => {
  const loaded = reached([main], (file) => [...imports(file, false), ...imports(file, true)]);
  const atRunTime = [...loaded].filter((file) => file !== registry).flatMap((file) => imports(file, true));
  const compiled = reached(imports(compileAhead, true), (file) => imports(file, false));
  expect(atRunTime).toContain("lib/coordinator/serve.ts");
  expect(atRunTime.filter((file) => !compiled.has(file))).toEqual([]);
});
