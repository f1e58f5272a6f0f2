import { basename, dirname, resolve } from "node:path";
import type { Plugin } from "esbuild";
import { loadedOnUse, seldomUsed } from "../core/loaded-on-use.mjs";
import { mapValues } from "../core/record.ts";

/**
 * Files that are bundled beside the entry file, each into a file of its own: the entry loads them at run time
 * by the names that they have here. By name without ending; the paths are relative to the project's folder.
 */
export type BundleParts = Readonly<Record<string, string>>;

/**
 * The name of a part that the building of the image runs, once and as root. It has Node.js keep what it compiles in the folder
 * NODE_COMPILE_CACHE, which containers of the image have, too.
 */
export const compileAhead = "compile-ahead";

/** A file of a bundle. */
export interface BundledFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The entry file and all that it imports as ES modules: `main.mjs`, the parts, and a file for what is imported
 * at run time only. A process parses what it uses: the coordinator's relay starts in a fifth of the time that
 * one file would take it. The bundler itself loads here: only when something is built.
 */
export async function bundle(
  root: string,
  entry: string,
  parts: BundleParts,
): Promise<readonly BundledFile[]> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: mapValues({ main: entry, ...parts }, (file) => resolve(root, file)),
    outdir: "/app",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node24",
    banner: { js: commonJsNames },
    // Optional native parts of ssh2 and pg, which do without them.
    external: ["cpu-features", "pg-native", "*.node"],
    plugins: [seldomUsedOnUse],
    logLevel: "silent",
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), content: contents }));
}

/** What CommonJS packages inside an ES module still expect to be there. */
const commonJsNames = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename, __dirname = import.meta.dirname;",
].join(" ");

/** In the path of a module for which nothing stands in. */
const itself = "?itself";

/** Has what a bundle's packages seldom use run when it is used. */
const seldomUsedOnUse: Plugin = {
  name: "seldom-used-on-use",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /\?itself$/ }, ({ path }) => ({
      path: path.slice(0, -itself.length),
      suffix: itself,
    }));
    onLoad({ filter: /\.js$/ }, ({ path, suffix }) => {
      const file = path.replaceAll("\\", "/").split("/node_modules/").at(-1) ?? "";
      if (suffix === itself || !seldomUsed.includes(file)) return undefined;
      const contents = loadedOnUse(`() => require(${JSON.stringify(path + itself)})`);
      return { contents, loader: "js", resolveDir: dirname(path) };
    });
  },
};
