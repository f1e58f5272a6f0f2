/** Where the variables of a container come from besides its declaration: files of the project, and the caller. */
import { z } from "zod";
import { exactObject, textThat } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { ProjectSources } from "../sources.ts";
import { sourceOf } from "../sources.ts";

/** A variable that is passed on from whoever runs Pulumi. Made by `passThrough()`. */
export interface PassThrough {
  readonly passThrough: string;
  readonly required?: boolean;
}

/** What a service of every kind may say of files of variables. */
export interface EnvFileOptions {
  /**
   * Files of the project with a variable a line, `NAME=value`, as dotenv and `node --env-file` read them; later ones
   * stand before earlier ones, and `env` before all of them. Values that look like secrets are refused. Default: none.
   */
  readonly envFile?: readonly string[];
}

/**
 * Passes a variable on that is set where Pulumi runs. The plan has its name alone: what it holds is the machine's, and
 * no difference between environments. Its value is treated as a secret.
 * @param variable the caller's variable, which may have another name than the container's
 * @param options `required` refuses an `up` where the caller has not set it. Default false: the container gets none.
 * @example env: { HTTP_PROXY: passThrough("HTTP_PROXY") }
 */
export function passThrough(variable: string, options?: { readonly required?: boolean }): PassThrough {
  return made({ passThrough: variable }, options);
}

/** Whether a variable's value is the caller's. */
export function isPassThrough(value: unknown): value is PassThrough {
  return typeof value === "object" && value !== null && "passThrough" in value;
}

export const passThroughSchema = exactObject({
  passThrough: textThat((name) => /^[A-Za-z_]\w*$/.test(name), 'the name of a variable such as "HTTP_PROXY"'),
  required: z.boolean().optional(),
});

/** Accepts the path of a file that belongs to the project. */
export const projectPathSchema = textThat(
  (path) => path !== "" && !path.startsWith("/") && !/[\0\\]/.test(path) && !path.split("/").includes(".."),
  'the path of a file in the project\'s folder such as "ops/nginx.conf"',
);

/** The key `envFile` of a service, as it is declared. */
export const declaredEnvFile = {
  envFile: z
    .array(projectPathSchema, { error: 'must be a list of paths, such as ["ops/api.env"]' })
    .optional(),
};

/** The key `passThrough` of a service in a plan. */
export const plannedPassThrough = {
  /** Variables whose values are those of whoever runs Pulumi, by the container's names. */
  passThrough: z
    .record(z.string(), z.strictObject({ variable: z.string(), required: z.boolean() }))
    .optional(),
};

/** The variables that the files of a service set. */
export function variablesOfFiles(
  { envFile = [] }: EnvFileOptions,
  sources: ProjectSources,
): Record<string, string> {
  return Object.assign(
    {},
    ...envFile.map((path) => {
      const read = sourceOf(sources.envFiles, path);
      return "problem" in read ? {} : read.variables;
    }),
  ) as Record<string, string>;
}

/** The variables of a service that are passed on, as a plan says them: nothing where there are none. */
export function resolvePassThrough(env: Readonly<Record<string, unknown>> = {}): {
  readonly passThrough?: Record<string, { readonly variable: string; readonly required: boolean }>;
} {
  const entries = Object.entries(env).flatMap(([name, value]) =>
    isPassThrough(value)
      ? [[name, { variable: value.passThrough, required: value.required ?? false }] as const]
      : [],
  );
  return entries.length === 0 ? {} : { passThrough: Object.fromEntries(entries) };
}
