import { z } from "zod";
import { mapValues } from "../../core/record.ts";
import { plainAttributes, plainDeployAttributes } from "./plain-attributes.ts";
import {
  anything,
  composeMapping,
  count,
  duration,
  flag,
  nearestBranch,
  portNumber,
  text,
  texts,
  textOrTexts,
  variables,
} from "./schema-parts.ts";
import type { Mount, Port } from "./short-syntax.ts";
import { parseMount, parsePorts } from "./short-syntax.ts";
import { commandWords } from "./shell-words.ts";
import { plain, taintedLike } from "./taint.ts";

/** A command, in its words. */
const command = z
  .union(
    [
      z.string().transform((line, context): readonly string[] => {
        const { words, problem } = commandWords(line);
        if (words !== undefined) return words;
        context.addIssue(`cannot be split into words: ${problem}`);
        return z.NEVER;
      }),
      z.array(z.string({ error: "must be a text: put it in quotes" })),
      z.null(),
    ],
    { error: nearestBranch("must be a text or a list of texts") },
  )
  .optional();

const port = z.union(
  [
    z.union([z.string(), z.number()]).transform((line, context): readonly Port[] => {
      const written = String(line);
      const ports = parsePorts(plain(written));
      if (typeof ports !== "string")
        return ports.map(({ published, ...port }) => ({
          ...port,
          ...(published !== undefined && { published: taintedLike(written, published) }),
        }));
      context.addIssue(ports);
      return z.NEVER;
    }),
    composeMapping({
      target: portNumber,
      published: z.union([z.string(), z.number()]).transform(String).optional(),
      host_ip: text.optional(),
      protocol: text.optional(),
      app_protocol: text.optional(),
      mode: text.optional(),
      name: text.optional(),
    }).transform(
      ({ target, published, host_ip: ip, protocol = "tcp", app_protocol: appProtocol }): Port[] => [
        {
          target,
          protocol,
          ...(published !== undefined && { published }),
          ...(ip !== undefined && { ip }),
          ...(appProtocol !== undefined && { appProtocol }),
        },
      ],
    ),
  ],
  { error: nearestBranch("must be a port, or a mapping with target and published") },
);

const mount = z.union(
  [
    z.string().transform((line, context): Mount => {
      const parsed = parseMount(plain(line));
      if (typeof parsed !== "string")
        return {
          ...parsed,
          target: taintedLike(line, parsed.target),
          ...(parsed.source !== undefined && { source: taintedLike(line, parsed.source) }),
        };
      context.addIssue(parsed);
      return z.NEVER;
    }),
    composeMapping({
      type: z.enum(["bind", "volume", "tmpfs", "cluster", "npipe", "image"], {
        error: "must be bind, volume, tmpfs, cluster, npipe or image",
      }),
      source: text.optional(),
      target: text,
      read_only: flag.optional(),
      consistency: text.optional(),
      bind: z.looseObject({}).nullable().optional(),
      volume: z.looseObject({}).nullable().optional(),
      tmpfs: z
        .looseObject({
          size: z.union([z.string(), z.number()]).transform(String).optional(),
          mode: z.union([z.string(), z.number()]).optional(),
        })
        .nullable()
        .optional(),
      image: anything.optional(),
    }).transform(({ type, source, target, read_only: readOnly = false, tmpfs, bind, volume }): Mount => {
      const others = [...Object.keys(bind ?? {}), ...Object.keys(volume ?? {})].filter(
        (key) => !["create_host_path", "selinux"].includes(key),
      );
      return {
        type,
        target,
        readOnly,
        ...(source !== undefined && { source }),
        ...(tmpfs?.size !== undefined && { size: tmpfs.size }),
        // A number of a file has been read from its octal digits.
        ...(tmpfs?.mode !== undefined && {
          mode: typeof tmpfs.mode === "number" ? tmpfs.mode.toString(8) : tmpfs.mode,
        }),
        ...(others.length > 0 && { others }),
      };
    }),
  ],
  { error: nearestBranch("must be a volume, or a mapping with type, source and target") },
);

/** What a service needs of another before it starts. */
const dependency = composeMapping({
  condition: z
    .enum(["service_started", "service_healthy", "service_completed_successfully"], {
      error: "must be service_started, service_healthy or service_completed_successfully",
    })
    .default("service_started"),
  required: flag.optional(),
  restart: flag.optional(),
});

function byName<S extends z.ZodType, D>(member: S, whenListed: D) {
  return z
    .union(
      [
        z.array(z.string()).transform((list) => Object.fromEntries(list.map((name) => [name, whenListed]))),
        z.record(z.string(), member),
      ],
      { error: nearestBranch("must be a list of names, or a mapping") },
    )
    .transform((value): Record<string, z.output<S> | D> => value);
}

const grant = z.union(
  [
    z.string().transform((source) => ({ source, target: undefined, owned: false })),
    composeMapping({
      source: text,
      target: text.optional(),
      uid: anything.optional(),
      gid: anything.optional(),
      mode: anything.optional(),
    }).transform(({ source, target, uid, gid, mode }) => ({
      source,
      target,
      /** Whether an owner or a mode is asked for. */
      owned: [uid, gid, mode].some((one) => one !== undefined),
    })),
  ],
  { error: nearestBranch("must be a name, or a mapping with source and target") },
);

const envFile = z.union(
  [
    z.string().transform((path) => ({ path, required: true, format: undefined })),
    composeMapping({
      path: text,
      required: flag.optional(),
      format: z.enum(["raw"], { error: "must be raw, or left out" }).optional(),
    }).transform(({ path, required = true, format }) => ({ path, required, format })),
  ],
  { error: nearestBranch("must be a path, or a mapping with path and required") },
);

const healthcheck = composeMapping({
  test: z.union([z.string(), z.array(z.string())], { error: "must be a text or a list of texts" }).optional(),
  interval: duration.optional(),
  timeout: duration.optional(),
  retries: count.optional(),
  start_period: duration.optional(),
  start_interval: duration.optional(),
  disable: flag.optional(),
});

const build = z.union(
  [z.string().transform((context) => ({ context })), z.looseObject({ context: text.optional() })],
  { error: "must be a path, or a mapping with context" },
);

const restartPolicy = composeMapping({
  condition: text.optional(),
  delay: duration.optional(),
  max_attempts: count.optional(),
  window: duration.optional(),
});

/** One service of a compose file: every way of writing it accepted, one given. */
export const serviceSchema = composeMapping({
  build: build.optional(),
  command,
  configs: z.array(grant).optional(),
  container_name: text.optional(),
  depends_on: byName(dependency, { condition: "service_started" as const }).optional(),
  deploy: composeMapping({
    ...mapValues(plainDeployAttributes, (shape) => shape.optional()),
    replicas: count.optional(),
    restart_policy: restartPolicy.optional(),
  })
    .nullable()
    .optional(),
  entrypoint: command,
  env_file: z
    .union([envFile.transform((file) => [file]), z.array(envFile)], {
      error: nearestBranch("must be a path, or a list"),
    })
    .optional(),
  environment: variables.optional(),
  expose: z
    .array(z.union([z.string(), z.number()]).transform(String), { error: "must be a list of ports" })
    .optional(),
  extends: z
    .union(
      [
        z.string().transform((service) => ({ service, file: undefined })),
        composeMapping({ service: text, file: text.optional() }),
      ],
      { error: nearestBranch("must be a service's name, or a mapping with service and file") },
    )
    .optional(),
  healthcheck: healthcheck.optional(),
  hostname: text.optional(),
  image: text.optional(),
  init: flag.optional(),
  links: texts.optional(),
  network_mode: text.optional(),
  networks: byName(z.looseObject({ aliases: texts.optional() }).nullable(), null).optional(),
  ports: z
    .array(port, { error: "must be a list of ports" })
    .transform((ports) => ports.flat())
    .optional(),
  profiles: texts.optional(),
  restart: text.optional(),
  scale: count.optional(),
  secrets: z.array(grant).optional(),
  stop_grace_period: duration.optional(),
  tmpfs: textOrTexts.optional(),
  volumes: z.array(mount, { error: "must be a list of volumes" }).optional(),
  ...mapValues(plainAttributes, (shape: z.ZodType) => shape.optional()),
});

export type ComposeService = z.output<typeof serviceSchema>;
