import { readFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { BundledFile, BundleParts } from "./bundle.ts";
import { bundle, compileAhead } from "./bundle.ts";
import { engineAddress } from "./docker-engine.ts";
import { buildOnce } from "./image-build.ts";
import type { PreparedImage } from "./images.ts";
import { hasImage, prepareImage } from "./images.ts";
import type { RegistryAccount } from "./registry-account.ts";
import type { Say } from "./shared-work.ts";
import { sharedWork } from "./shared-work.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";

/** The image that bundles run on. */
export const nodeImage = "node:24-slim";

const dockerfile = fileURLToPath(new URL("../../images/app/Dockerfile", import.meta.url));
/** These files say how the bundle is made: another way makes another image. */
const recipe = ["./bundle.ts", "./bundle-image.ts", "./image-build.ts", "../core/loaded-on-use.mjs"].map(
  (file) => fileURLToPath(new URL(file, import.meta.url)),
);

/**
 * The tag of the image that an entry file and its parts are bundled into: a hash of all that decides its content.
 * @throws PhasegateError PHASEGATE_IMAGE_BUILD_FAILED when a file is not there
 */
export async function bundleReference(root: string, entry: string, parts: BundleParts = {}): Promise<string> {
  const sources = [entry, ...Object.values(parts)].map((file) => resolve(root, file));
  const further = [dockerfile, ...recipe, resolve(root, "package-lock.json")];
  try {
    const fingerprint = sourceFingerprint(root, sources, further);
    return `phasegate/${basename(dirname(resolve(root, entry))).toLowerCase()}:${fingerprint}`;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const missing = code === "ENOENT" && path !== undefined;
    const why = missing ? `there is no file ${relative(root, path)}` : errorText(error);
    throw new PhasegateError(
      "PHASEGATE_IMAGE_BUILD_FAILED",
      `the image of ${entry} cannot be built: ${why}`,
      { cause: error },
    );
  }
}

const preparing = sharedWork<PreparedImage>();

/**
 * Makes sure that the engine has the image of a bundled entry file: bundles it and builds the image, unless one with
 * this reference is there. Who asks for the same reference meanwhile waits for it.
 * @param reference as made by {@link bundleReference}
 * @param account of the registry of the Node.js image
 * @throws PhasegateError PHASEGATE_IMAGE_BUILD_FAILED, PHASEGATE_IMAGE_MISSING (the Node.js image)
 */
export function prepareBundle(
  docker: Docker,
  root: string,
  entry: string,
  reference: string,
  say: Say,
  parts: BundleParts = {},
  account?: RegistryAccount,
): Promise<PreparedImage> {
  return preparing(`${engineAddress(docker)} ${reference}`, say, async (say) => {
    if (!(await hasImage(docker, reference))) {
      const base = await prepareImage(docker, nodeImage, say, { account });
      try {
        say(`bundling ${entry}`);
        const files = await bundle(root, entry, parts);
        say(`building ${reference} on ${base.reference}`);
        await buildOnce(docker, reference, {
          options: {
            target: compileAhead in parts ? "compiled" : "plain",
            // Only what is in the context is needed.
            networkmode: "none",
            buildargs: { NODE_IMAGE: base.reference },
            labels: { "phasegate.base": base.reference, "phasegate.bundle": reference },
          },
          context: () => buildContext(files),
        });
      } catch (error) {
        throw new PhasegateError(
          "PHASEGATE_IMAGE_BUILD_FAILED",
          `the image of ${entry} cannot be built: ${errorText(error)}`,
          { cause: error },
        );
      }
    }
    return { reference, source: "built" };
  });
}

async function buildContext(files: readonly BundledFile[]): Promise<NodeJS.ReadableStream> {
  const { pack } = await import("tar-stream");
  const archive = pack();
  archive.entry({ name: "Dockerfile" }, await readFile(dockerfile));
  for (const { name, content } of files) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  return archive as unknown as NodeJS.ReadableStream;
}
