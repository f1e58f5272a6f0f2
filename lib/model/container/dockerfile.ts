/** Images that the engine builds from a Dockerfile of the project. */
import { z } from "zod";
import { exactObject, textThat } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { ProjectSources } from "../sources.ts";
import { sourceOf } from "../sources.ts";
import type { SecretRef } from "../text.ts";
import { plainTextSchema, secretNameSchema, secretRefSchema } from "../text.ts";
import { projectPathSchema } from "./environment.ts";

/** What a build may be told. */
export interface DockerfileOptions {
  /** The Dockerfile, below the context's folder. Default "Dockerfile". */
  readonly file?: string;
  /** The stage that is built. Default: the last. */
  readonly target?: string;
  /** Values of the Dockerfile's ARGs. They stay readable in the image: no place for a secret. Default: its own. */
  readonly args?: Readonly<Record<string, string>>;
  /**
   * Secrets by the ids that `RUN --mount=type=secret,id=…` names. They are in no layer of the image. Needs BuildKit,
   * which every current Docker has. Another value builds nothing again. Default: none.
   */
  readonly secrets?: Readonly<Record<string, SecretRef>>;
}

/** An image that is built from a folder's Dockerfile. Made by `dockerfile()`. */
export interface DockerfileImage extends DockerfileOptions {
  readonly dockerfile: string;
}

/**
 * An image that the engine builds from a Dockerfile, by BuildKit where it has that. Its tag is a hash of the context,
 * without what .dockerignore leaves out, and of the options: a change of them builds it again and replaces the container.
 * @param folder the context of the build, relative to the project's folder
 * @example image: dockerfile("services/api", { target: "run", args: { VERSION: "3" }, secrets: { npmrc: secret("npmrc") } })
 */
export function dockerfile(folder: string, options?: DockerfileOptions): DockerfileImage {
  return made({ dockerfile: folder }, options);
}

const nameOf = (what: string) => textThat((text) => /^[\w.-]+$/.test(text), what);
const valuesBy = <V extends z.ZodType>(key: z.ZodType<string>, value: V, error: string) =>
  z.record(key as never, value, { error });

export const dockerfileSchema = exactObject({
  dockerfile: projectPathSchema,
  file: projectPathSchema.optional(),
  target: nameOf('the name of a stage such as "run"').optional(),
  args: valuesBy(
    nameOf('the name of an ARG such as "VERSION"'),
    plainTextSchema,
    "must be an object of texts",
  ).optional(),
  secrets: valuesBy(
    nameOf('the id of a secret such as "npmrc"'),
    secretRefSchema,
    "must be an object of secrets",
  ).optional(),
});

/** Such an image in a plan. */
export const plannedDockerfile = z.strictObject({
  dockerfile: z.string(),
  file: z.string(),
  target: z.string().optional(),
  args: z.record(z.string(), z.string()).optional(),
  secrets: z.record(z.string(), secretNameSchema).optional(),
  /** A hash of what the build gets of the folder. */
  context: z.string(),
});
export type PlannedDockerfile = z.infer<typeof plannedDockerfile>;

/** Under which key a context is among what was read of the project. */
export function contextKey({ dockerfile: folder, file = "Dockerfile" }: DockerfileImage): string {
  return `${folder} ${file}`;
}

export function resolveDockerfile(image: DockerfileImage, { contexts }: ProjectSources): PlannedDockerfile {
  const read = sourceOf(contexts, contextKey(image));
  if ("problem" in read) throw new Error(`${image.dockerfile} was not checked`);
  const { dockerfile: folder, file = "Dockerfile", target, args, secrets } = image;
  return {
    ...{ dockerfile: folder, file },
    ...(target !== undefined && { target }),
    ...(args && { args: { ...args } }),
    ...(secrets && {
      secrets: Object.fromEntries(Object.entries(secrets).map(([id, { secret }]) => [id, { secret }])),
    }),
    context: read.sha256,
  };
}
