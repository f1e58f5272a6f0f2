import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

// Every TypeScript block of the documentation compiles, as a file of its own. One that imports nothing is given the
// names of the language, so that a README need not begin with twenty lines of imports.
const files = ["README.md", ...readdirSync("docs").map((file) => join("docs", file))].filter((file) =>
  file.endsWith(".md"),
);

const blocks = files.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""], i) => ({
    name: `${file}, block ${i + 1}`,
    path: resolve(`${file.replace(/\W/g, "-")}-${i + 1}.block.ts`),
    code,
  })),
);

const language = (await import("phasegate")) as Record<string, unknown>;
const preamble = `import { ${Object.keys(language).join(", ")} } from "phasegate";`;

function compile(): Map<string, string[]> {
  const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
  const host = ts.createCompilerHost(options);
  const texts = new Map(
    // On one line with the first of the block, so that lines keep their numbers.
    blocks.map(({ path, code }) => [path, /^import /m.test(code) ? code : `${preamble} ${code}`]),
  );
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.readFile = (path) => texts.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram(
    [...texts.keys()],
    { ...options, noUnusedLocals: false, noUnusedParameters: false },
    host,
  );
  const problems = new Map<string, string[]>();
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const path = diagnostic.file?.fileName ?? "";
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    problems.set(path, [...(problems.get(path) ?? []), `line ${line + 1}: ${message}`]);
  }
  return problems;
}

const problems = compile();

test("there are blocks to compile", () => {
  expect(blocks.length).toBeGreaterThan(5);
});

test.for(blocks)("$name compiles", ({ path }) => {
  expect(problems.get(path) ?? []).toEqual([]);
});
