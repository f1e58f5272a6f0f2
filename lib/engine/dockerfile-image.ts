import type Docker from "dockerode";
import { errorText, PhasegateError } from "../core/errors.ts";
import { plainText } from "../core/outside-text.ts";
import { safeText } from "../redaction/safe-text.ts";
import type { BuildLog } from "./build-log.ts";
import { buildLog } from "./build-log.ts";
import { engineAddress } from "./docker-engine.ts";
import { buildOnce } from "./image-build.ts";
import type { PreparedImage } from "./images.ts";
import { hasImage, refusesAccount } from "./images.ts";
import type { RegistryAccount } from "./registry-account.ts";
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
      await buildOnce(docker, reference, {
        ...build,
        options: buildOptions(build),
        onRecord: (record) => {
          for (const line of log.read(record)) say(`building ${name}: ${safe(line)}`);
        },
      });
      return { reference, source: "built" };
    } catch (error) {
      throw new PhasegateError("PHASEGATE_IMAGE_BUILD_FAILED", safe(failureText(build, error, log)));
    }
  });
}

function buildOptions({
  reference,
  file,
  target,
  platform,
  args = {},
}: DockerfileBuild): Docker.ImageBuildOptions {
  return {
    dockerfile: file,
    buildargs: { ...args },
    labels: { "phasegate.dockerfile": reference },
    ...(target !== undefined && { target }),
    ...(platform !== undefined && { platform }),
  };
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
