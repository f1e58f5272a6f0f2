import { resolve } from "node:path";
import ts from "typescript";

/** A TypeScript file that is nowhere on the disk. */
export interface Snippet {
  readonly name: string;
  readonly code: string;
}

const language = (await import("phasegate")) as Record<string, unknown>;
const preamble = `import { ${Object.keys(language).join(", ")} } from "phasegate";`;

/**
 * Compiles each snippet as a file of its own in the project's folder, with the project's settings, and gives the
 * problems of each. One that imports nothing is given the names of the language.
 */
export function compile(snippets: readonly Snippet[]): ReadonlyMap<Snippet, readonly string[]> {
  const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
  const host = ts.createCompilerHost(options);
  const paths = new Map(snippets.map((snippet, i) => [resolve(`snippet-${i}.ts`), snippet]));
  const textOf = (path: string) => {
    const code = paths.get(path)?.code;
    if (code === undefined) return undefined;
    // On one line with the first of the snippet, so that lines keep their numbers.
    return /^import /m.test(code) ? code : `${preamble} ${code}`;
  };
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => paths.has(path) || fileExists.call(host, path);
  host.readFile = (path) => textOf(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = textOf(path);
    return text === undefined
      ? getSourceFile.call(host, path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram(
    [...paths.keys()],
    { ...options, noUnusedLocals: false, noUnusedParameters: false },
    host,
  );
  const problems = new Map<Snippet, string[]>(snippets.map((snippet) => [snippet, []]));
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const snippet = paths.get(file?.fileName ?? "");
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    const message = ts.flattenDiagnosticMessageText(messageText, "\n");
    if (snippet) problems.get(snippet)?.push(`line ${line + 1}: ${message}`);
    else throw new Error(`outside of the snippets: ${message}`);
  }
  return problems;
}
