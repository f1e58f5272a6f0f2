import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { plainText } from "../core/outside-text.ts";
import { safeText } from "../redaction/safe-text.ts";
import type { BuildLog } from "./build-log.ts";
import { buildLog } from "./build-log.ts";
import type { BuildRecord } from "./build-progress.ts";
import { buildSession } from "./build-session.ts";
import { answered, engineAddress } from "./docker-engine.ts";
import type { PreparedImage } from "./images.ts";
import { hasImage, refusesAccount } from "./images.ts";
import type { RegistryAccount } from "./registry-account.ts";
import { authOf } from "./registry-account.ts";
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
  /** "linux/arm64". Default: the engine's own. */
  readonly platform?: string | undefined;
  /** Of the registries that base images are pulled from. */
  readonly accounts?: readonly RegistryAccount[] | undefined;
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
    const log = buildLog(shownLines);
    // What a build writes is not ours: a RUN may print what it was given.
    const safe = safeText([
      ...Object.values(build.secrets ?? {}),
      ...(build.accounts ?? []).map(({ password }) => password),
    ]);
    try {
      say(`building ${reference} from ${name}`);
      await buildTagged(docker, build, log, (line) => say(`building ${name}: ${safe(line)}`));
      return { reference, source: "built" };
    } catch (error) {
      throw new PhasegateError("PHASEGATE_IMAGE_BUILD_FAILED", safe(failureText(build, error, log)));
    }
  });
}

function failureText(build: DockerfileBuild, error: unknown, log: BuildLog): string {
  const { name, file, target, secrets = {}, accounts = [] } = build;
  const reason = reasonText(error);
  const { step, lines } = log.failure();
  const options = [
    ...["-f", `${name}/${file}`],
    ...(target === undefined ? [] : ["--target", target]),
    ...Object.keys(secrets).flatMap((id) => ["--secret", `id=${id},src=FILE`]),
  ];
  return [
    `the image of ${name} cannot be built: ${step === undefined ? "" : `the step "${step}" of ${file} failed: `}${reason}`,
    ...lines.map((line) => `  ${plainText(line)}`),
    ...(refusesAccount.test(reason)
      ? accounts.map(
          ({ registry, username, advice }) => `If ${registry} refuses the user ${username}: ${advice}`,
        )
      : []),
    `To try it alone: docker build ${options.join(" ")} ${name}`,
  ].join("\n");
}

/** The builder's words, without the layers of it that they have passed, and without the command, which is in the step. */
function reasonText(error: unknown): string {
  const layers =
    /^(?:failed to solve(?: with frontend \S+)?: |failed to create LLB definition: |failed to compute cache key: |rpc error: code = \w+ desc = |executor failed running \[.*?\]: |process ".*?" did not complete successfully: )+/s;
  return errorText(error).replace(layers, "");
}

async function buildTagged(
  docker: Docker,
  build: DockerfileBuild,
  log: BuildLog,
  onLine: (line: string) => void,
): Promise<void> {
  const { reference, file, target, platform, args = {}, secrets = {}, accounts = [], context } = build;
  // Under a name of its own first: see bundle-image.ts.
  const own = `${reference}-${randomBytes(4).toString("hex")}`;
  const options = {
    ...{ t: own, dockerfile: file, buildargs: { ...args }, forcerm: true },
    labels: { "phasegate.dockerfile": reference },
    ...(target !== undefined && { target }),
    ...(platform !== undefined && { platform }),
  };
  const run = async (more: object = {}) => {
    const stream = await answered(docker.buildImage(await context(), { ...options, ...more }));
    await followed(docker, stream, log, onLine);
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
  const image = docker.getImage(own);
  try {
    const at = reference.lastIndexOf(":");
    if (!(await hasImage(docker, reference)))
      await answered(image.tag({ repo: reference.slice(0, at), tag: reference.slice(at + 1) }));
  } finally {
    await answered(image.remove());
  }
}

/** The accounts as the classic builder takes them. */
function registryConfig(accounts: readonly RegistryAccount[]): object {
  const entries = accounts.map((account) => [authOf(account).serveraddress, authOf(account)] as const);
  return Object.fromEntries(entries);
}

/** Why a build with secrets is refused. */
export const noBuildKit =
  "it is given secrets, and this engine has no BuildKit, which alone keeps them out of the image";

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

async function followed(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  log: BuildLog,
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
        for (const line of log.read(record)) onLine(line);
      },
    );
  });
}
