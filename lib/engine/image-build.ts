import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type { BuildRecord } from "./build-progress.ts";
import { buildSession } from "./build-session.ts";
import { answered } from "./docker-engine.ts";
import { finished, hasImage } from "./images.ts";
import type { RegistryAccount } from "./registry-account.ts";
import { authOf } from "./registry-account.ts";

/** How an image is built. */
export interface ImageBuild {
  /** A tar archive of the context. */
  readonly context: () => Promise<NodeJS.ReadableStream>;
  /** As the engine takes them, without the name. */
  readonly options: Docker.ImageBuildOptions;
  /** Values by the ids that the Dockerfile names. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Of the registries that base images are pulled from. */
  readonly accounts?: readonly RegistryAccount[] | undefined;
  /** Gets what the build says, as it comes. */
  readonly onRecord?: ((record: BuildRecord) => void) | undefined;
}

/** Why a build with secrets is refused. */
export const noBuildKit =
  "it is given secrets, and this engine has no BuildKit, which alone keeps them out of the image";

/**
 * Builds an image by BuildKit where the engine has it. The classic builder starts a container for each step, and leaves an image of each;
 * and the engine goes through all images whenever Pulumi's docker provider creates a container.
 * @param name the reference that the image has then, whichever image had it before
 * @throws Error with the builder's words
 */
export async function buildImage(docker: Docker, name: string, build: ImageBuild): Promise<void> {
  const { context, options, secrets = {}, accounts = [], onRecord } = build;
  const run = async (more: object) => {
    const all = { ...options, t: name, forcerm: true, ...more };
    await finished(docker, await answered(docker.buildImage(await context(), all)), onRecord);
  };
  if (await hasBuildKit(docker)) {
    const session = await buildSession(docker, secrets, accounts);
    try {
      // The number, and not the text: with the text dockerode opens a session of its own, which serves no secrets.
      await run({ version: 2, session: session.id });
    } finally {
      session.close();
    }
  } else if (Object.keys(secrets).length > 0) throw new Error(noBuildKit);
  else await run(accounts.length > 0 ? { registryconfig: registryConfig(accounts) } : {});
}

/**
 * Builds an image whose reference says all that it is built from. It is built under a name of its own, and given the reference only where
 * no other process has built the same meanwhile: a reference that moves to another image leaves the first one without a name, and is
 * missing for an instant to who looks for it.
 * @throws Error with the builder's words
 */
export async function buildOnce(docker: Docker, reference: string, build: ImageBuild): Promise<void> {
  const own = `${reference}-${randomBytes(4).toString("hex")}`;
  await buildImage(docker, own, build);
  const image = docker.getImage(own);
  try {
    const at = reference.lastIndexOf(":");
    if (!(await hasImage(docker, reference)))
      await answered(image.tag({ repo: reference.slice(0, at), tag: reference.slice(at + 1) }));
  } finally {
    // Takes away the name, and the image itself where it has no other.
    await answered(image.remove());
  }
}

/** The accounts as the classic builder takes them. */
function registryConfig(accounts: readonly RegistryAccount[]): object {
  const entries = accounts.map((account) => [authOf(account).serveraddress, authOf(account)] as const);
  return Object.fromEntries(entries);
}

/** Docker has BuildKit from 18.09 on, on Linux; what else speaks its API has not. */
export async function hasBuildKit(docker: Docker): Promise<boolean> {
  const {
    ApiVersion,
    Os,
    Components = [],
  } = (await answered(docker.version())) as {
    readonly ApiVersion: string;
    readonly Os: string;
    readonly Components?: readonly { readonly Name: string }[];
  };
  const [, minor = "0"] = ApiVersion.split(".");
  return Os === "linux" && Number(minor) >= 39 && Components.every(({ Name }) => !/podman/i.test(Name));
}
