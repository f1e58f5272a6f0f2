import type { Service } from "../service.ts";
import type { ProjectSources } from "../sources.ts";
import { problemOf, sourceOf } from "../sources.ts";
import { variablesOf } from "../workload.ts";
import { contextKey } from "./dockerfile.ts";

/** Takes a problem's place below the service, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** What of the project's files a service names that could not be read, or may not be what it is. */
export function checkSources(service: Service, sources: ProjectSources, report: Report): void {
  for (const [path, mount] of Object.entries(service.mounts ?? {})) {
    const problem = "file" in mount ? problemOf(sourceOf(sources.files, mount.file)) : undefined;
    if (problem !== undefined) report(["mounts", path, "file"], problem);
  }
  const { image } = service;
  if (typeof image === "object" && "dockerfile" in image) {
    const problem = problemOf(sourceOf(sources.contexts, contextKey(image)));
    if (problem !== undefined) report(["image", "dockerfile"], problem);
  }
  (service.envFile ?? []).forEach((path, i) => {
    const read = sourceOf(sources.envFiles, path);
    if ("problem" in read) return report(["envFile", i], read.problem);
    for (const { path: place, message } of read.problems) report(["envFile", i], `${place}: ${message}`);
    const ofKind = variablesOf(service);
    for (const name of Object.keys(read.variables))
      if (Object.hasOwn(ofKind, name))
        report(
          ["envFile", i],
          `${path} sets ${name}, which is what the option ${ofKind[name] ?? ""} sets: say it there`,
        );
  });
}
