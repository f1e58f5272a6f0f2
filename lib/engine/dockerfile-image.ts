import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { BuildRecord } from "./build-progress.ts";
import { linesOf } from "./build-progress.ts";
import { buildSession } from "./build-session.ts";
import { answered, engineAddress } from "./docker-engine.ts";
import type { PreparedImage } from "./images.ts";
import { hasImage } from "./images.ts";
import type { Say } from "./shared-work.ts";
import { sharedWork } from "./shared-work.ts";

/** A build from a Dockerfile. */
export interface DockerfileBuild {
  /** As people know it: the folder. */
  readonly name: string;
  /** The tag of the image: a hash of all that decides its content. */
  readonly reference: string;
  readonly file: string;
  readonly target?: string | undefined;
  readonly args?: Readonly<Record<string, string>> | undefined;
  /** Values by the ids that the Dockerfile names. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** A tar archive of the context. */
  readonly context: () => Promise<NodeJS.ReadableStream>;
}

const preparing = sharedWork<PreparedImage>();
/** How much of what a build has written stands in the error. */
const shownLines = 20;

/**
 * Makes sure that the engine has the image of a Dockerfile: builds it, unless one with this reference is there.
 * @throws PhasegateError PHASEGATE_IMAGE_BUILD_FAILED with the last lines of the build
 */
export function prepareDockerfile(docker: Docker, build: DockerfileBuild, say: Say): Promise<PreparedImage> {
  const { name, reference } = build;
  return preparing(`${engineAddress(docker)} ${reference}`, say, async (say) => {
    if (await hasImage(docker, reference)) return { reference, source: "built" };
    const lines: string[] = [];
    try {
      say(`building ${reference} from ${name}`);
      await buildTagged(docker, build, (line) => {
        lines.push(line);
        if (lines.length > shownLines) lines.shift();
        say(`building ${name}: ${line}`);
      });
      return { reference, source: "built" };
    } catch (error) {
      const shown = lines.map((line) => `\n  ${line}`).join("");
      const message = `the image of ${name} cannot be built: ${errorText(error)}${shown}`;
      throw new PhasegateError("PHASEGATE_IMAGE_BUILD_FAILED", withoutSecrets(message, build.secrets ?? {}));
    }
  });
}

/** What a build writes is not ours: a RUN may print what it was given. */
function withoutSecrets(text: string, secrets: Readonly<Record<string, string>>): string {
  return Object.values(secrets)
    .flatMap((value) => [value, ...value.split("\n")])
    .filter((value) => value.trim().length >= 4)
    .reduce((shown, value) => shown.replaceAll(value, "[secret]"), text);
}

async function buildTagged(
  docker: Docker,
  build: DockerfileBuild,
  onLine: (line: string) => void,
): Promise<void> {
  const { reference, file, target, args = {}, secrets = {}, context } = build;
  const hidden = (line: string) => onLine(withoutSecrets(line, secrets));
  // Under a name of its own first: see bundle-image.ts.
  const own = `${reference}-${randomBytes(4).toString("hex")}`;
  const labels = { "phasegate.dockerfile": reference };
  const options = {
    t: own,
    dockerfile: file,
    buildargs: { ...args },
    labels,
    forcerm: true,
    ...(target && { target }),
  };
  if (await hasBuildKit(docker)) {
    const session = await buildSession(docker, secrets);
    try {
      // The number, and not the text: with the text dockerode opens a session of its own, which serves no secrets.
      const more = { version: 2 as unknown as "2", session: session.id };
      await followed(
        docker,
        await answered(docker.buildImage(await context(), { ...options, ...more })),
        hidden,
      );
    } finally {
      session.close();
    }
  } else if (Object.keys(secrets).length > 0) {
    throw new Error(
      "it is given secrets, and this engine has no BuildKit, which alone keeps them out of the image",
    );
  } else {
    await followed(docker, await answered(docker.buildImage(await context(), options)), hidden);
  }
  const image = docker.getImage(own);
  try {
    const at = reference.lastIndexOf(":");
    if (!(await hasImage(docker, reference)))
      await answered(image.tag({ repo: reference.slice(0, at), tag: reference.slice(at + 1) }));
  } finally {
    await answered(image.remove());
  }
}

/** Docker has BuildKit from 18.09 on, on Linux; what else speaks its API has not. */
async function hasBuildKit(docker: Docker): Promise<boolean> {
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

async function followed(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(
      stream,
      (error: Error | null, records: readonly BuildRecord[]) => {
        const failure = error?.message ?? records.find((record) => record.error !== undefined)?.error;
        if (failure === undefined) resolve();
        else reject(new Error(failure));
      },
      (record: BuildRecord) => {
        for (const line of linesOf(record)) onLine(line);
      },
    );
  });
}
