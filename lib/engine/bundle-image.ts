import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { answered } from "./docker-engine.ts";
import type { PreparedImage, Say } from "./images.ts";
import { finished, hasImage, prepareImage } from "./images.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";

/** The image that bundles run on. */
export const nodeImage = "node:24-slim";

const dockerfile = fileURLToPath(new URL("../../images/app/Dockerfile", import.meta.url));
/** This file says how the bundle is made: another way makes another image. */
const recipe = fileURLToPath(import.meta.url);

/** The tag of the image that an entry file is bundled into: a hash of all that decides its content. */
export async function bundleReference(root: string, entry: string): Promise<string> {
  const fingerprint = await sourceFingerprint(resolve(root, entry), [
    dockerfile,
    recipe,
    resolve(root, "package-lock.json"),
  ]);
  return `phasegate/${basename(dirname(resolve(root, entry))).toLowerCase()}:${fingerprint}`;
}

/**
 * Makes sure that the engine has the image of a bundled entry file: bundles it and builds the image, unless one with this reference is there.
 * @param reference as made by {@link bundleReference}
 * @throws PhasegateError PHASEGATE_IMAGE_BUILD_FAILED, PHASEGATE_IMAGE_MISSING (the Node.js image)
 */
export async function prepareBundle(
  docker: Docker,
  root: string,
  entry: string,
  reference: string,
  say: Say,
): Promise<PreparedImage> {
  if (await hasImage(docker, reference)) return { reference, source: "built" };
  const base = await prepareImage(docker, nodeImage, say);
  say(`bundling ${entry}`);
  try {
    const context = await buildContext(await bundle(resolve(root, entry)));
    say(`building ${reference} on ${base.reference}`);
    const stream = await answered(
      docker.buildImage(context, {
        t: reference,
        buildargs: { NODE_IMAGE: base.reference },
        labels: { "phasegate.base": base.reference },
        forcerm: true,
      }),
    );
    await finished(docker, stream);
  } catch (error) {
    throw new PhasegateError(
      "PHASEGATE_IMAGE_BUILD_FAILED",
      `the image of ${entry} cannot be built: ${errorText(error)}`,
      { cause: error },
    );
  }
  return { reference, source: "built" };
}

/** What CommonJS packages inside an ES module still expect to be there. */
const commonJsNames = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __filename = import.meta.filename, __dirname = import.meta.dirname;",
].join(" ");

/** A file of a bundle. */
interface BundledFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * The entry file and all that it imports as ES modules: `main.mjs`, and a file for each part that is imported
 * at run time only. A process parses what it uses: the coordinator's relay starts in a fifth of the time that
 * one file would take it. The bundler itself loads here: only when something is built.
 */
async function bundle(entry: string): Promise<readonly BundledFile[]> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { main: entry },
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
    logLevel: "silent",
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), content: contents }));
}

async function buildContext(files: readonly BundledFile[]): Promise<NodeJS.ReadableStream> {
  const { pack } = await import("tar-stream");
  const archive = pack();
  archive.entry({ name: "Dockerfile" }, await readFile(dockerfile));
  for (const { name, content } of files) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  return archive as unknown as NodeJS.ReadableStream;
}
