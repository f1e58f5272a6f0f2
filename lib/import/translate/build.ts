import { dockerfileSchema } from "../../model/container/dockerfile.ts";
import { looksSecret, mayBeSecret } from "../../model/looks-secret.ts";
import { isTainted, plain } from "../read/taint.ts";
import type { Kinded } from "./kinds.ts";
import type { StorageContext } from "./storage.ts";
import type { ImportedBuild } from "./translation.ts";

/** What of a build is carried, and what is no loss: it concerns where a build caches, pulls and pushes. */
const known = new Set(
  "context dockerfile target args secrets cache_from cache_to no_cache pull tags provenance sbom".split(" "),
);

/** The build of a service; undefined where it has none, or one that a declaration cannot say, which is noted. */
export function buildOf(
  { name, service }: Kinded,
  { project, calls, note, shownPath }: StorageContext,
): ImportedBuild | undefined {
  const build = service.build as Readonly<Record<string, unknown>> | undefined;
  if (build === undefined) return undefined;
  const place = `services.${name}.build`;
  const folder = shownPath(service.build?.context ?? ".");
  if (build["dockerfile_inline"] !== undefined) return byHand("dockerfile_inline: write it into a file");
  const { args, secrets } = { args: argsOf(), secrets: secretsOf() };
  const said = {
    ...(typeof build["dockerfile"] === "string" &&
      build["dockerfile"] !== "Dockerfile" && { file: build["dockerfile"].replace(/^\.\//, "") }),
    ...(typeof build["target"] === "string" && build["target"] !== "" && { target: build["target"] }),
    ...(Object.keys(args).length > 0 && { args }),
  };
  if (Object.values(said).some((one) => calls.secrets.isIn(typeof one === "string" ? one : "")))
    return byHand("holds a secret");
  // What cannot be one, such as the URL of a repository, is refused by its path.
  if (!isPath(folder) || !dockerfileSchema.safeParse({ dockerfile: folder, ...said }).success)
    return byHand(`${folder}: only a folder of this project is built, from a Dockerfile in it`);
  for (const option of Object.keys(build))
    if (!known.has(option) && !option.startsWith("x-"))
      note("lost", `${place}.${option}`, "is no option of a build here");
  if (service.image !== undefined)
    note("changed", place, "is built here under a name of its own, and not under that of image");
  return { folder, ...said, ...(Object.keys(secrets).length > 0 && { secrets }) };

  /** Compose's own image is taken, by the name that it gives to it. */
  function byHand(why: string): undefined {
    note("lost", place, `${why}. The image that is there is taken: "docker compose build ${name}" builds it`);
  }

  function argsOf(): Readonly<Record<string, string>> {
    const written = build?.["args"] ?? {};
    const pairs = Array.isArray(written)
      ? written.map((line) => {
          const [, arg = "", value] = /^([^=]*)(?:=(.*))?$/s.exec(String(line)) ?? [];
          return [arg, value] as const;
        })
      : Object.entries(written as Readonly<Record<string, unknown>>);
    return Object.fromEntries(
      pairs.flatMap(([arg, value]) => {
        // Without a value it is that of the variable, where there is one.
        const text =
          value === undefined || value === null
            ? project.variables.lookup(arg)
            : `${value as string | number | boolean}`;
        if (text === undefined) return [];
        if (calls.secrets.isIn(text) || (looksSecret(arg) && mayBeSecret(plain(text)))) {
          note("lost", `${place}.args.${arg}`, "holds a secret: hand it over by secrets of the build");
          return [];
        }
        return [[arg, text] as const];
      }),
    );
  }

  /** What the compose file's own secrets are called here, by their ids in the build. */
  function secretsOf(): Readonly<Record<string, string>> {
    const written = (build?.["secrets"] ?? []) as readonly unknown[];
    return Object.fromEntries(
      written.flatMap((one) => {
        const { source, target = source } = (typeof one === "string" ? { source: one } : one) as {
          readonly source?: string;
          readonly target?: string;
        };
        if (source === undefined || target === undefined || isTainted(target)) return [];
        if (!Object.hasOwn(project.secrets, source)) {
          note("lost", `${place}.secrets`, `there is no secret ${source} in the file`);
          return [];
        }
        return [[target, calls.secrets.file(source, `secrets.${source}`)] as const];
      }),
    );
  }
}

function isPath(folder: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:|^git@|\.git(?:#|$)/i.test(folder);
}
