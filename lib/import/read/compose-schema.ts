import { z } from "zod";
import { anything, composeMapping, flag, named, nearestBranch, text, textOrTexts } from "./schema-parts.ts";
import { serviceSchema } from "./service-schema.ts";

/** A secret or a config: where its content comes from. */
const source = composeMapping({
  file: text.optional(),
  environment: text.optional(),
  content: text.optional(),
  external: z.union([flag, anything]).optional(),
  name: text.optional(),
  labels: anything.optional(),
  driver: text.optional(),
  driver_opts: anything.optional(),
  template_driver: text.optional(),
});

const include = z.union(
  [
    z.string().transform((path) => ({ path: [path], project_directory: undefined, env_file: undefined })),
    composeMapping({
      path: textOrTexts,
      project_directory: text.optional(),
      env_file: textOrTexts.optional(),
    }),
  ],
  { error: nearestBranch("must be a path, or a mapping with path") },
);

/** A network or a volume: whether somebody else makes it, and what it is called on the engine. */
const outside = z.looseObject({
  external: z.union([flag, z.looseObject({ name: text.optional() })]).optional(),
  name: text.optional(),
});

/** One compose file: every way of writing it accepted, one given. */
export const composeSchema = composeMapping({
  version: z.union([z.string(), z.number()]).optional(),
  name: text.optional(),
  include: z.array(include, { error: "must be a list" }).optional(),
  services: named(serviceSchema).optional(),
  networks: named(outside.nullable()).optional(),
  volumes: named(outside.nullable()).optional(),
  secrets: named(source).optional(),
  configs: named(source).optional(),
  models: anything.optional(),
});

export type ComposeFile = z.output<typeof composeSchema>;
