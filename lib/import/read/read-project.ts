import { checkProject } from "./check-project.ts";
import type { ComposeProject } from "./load-project.ts";
import { loadProject } from "./load-project.ts";
import type { Reading } from "./reading.ts";
import { noteWhatIsUnset } from "./reading.ts";
import { refusal } from "./refusal.ts";
import type { Selected } from "./select-services.ts";
import { selectServices } from "./select-services.ts";
import type { ComposeService } from "./service-schema.ts";
import { plain } from "./taint.ts";
import type { ServiceEnvironment } from "./service-environment.ts";
import { serviceEnvironment } from "./service-environment.ts";
import { projectSettings } from "./variables.ts";

/** A service that is imported, with the variables that its container would get. */
export type ReadService = Selected & ServiceEnvironment;

/** A compose project as compose reads it. */
export interface ReadProject {
  /** The files that it was read from, as they are named. */
  readonly paths: readonly string[];
  readonly project: ComposeProject;
  /** Those of the profiles that were asked for. */
  readonly services: readonly ReadService[];
}

/**
 * Reads a project: its files, and what the command line, the environment and .env say of it.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID with every problem and its place
 */
export async function readProject(
  reading: Reading,
  named: Parameters<typeof projectSettings>[1],
): Promise<ReadProject> {
  const settings = await projectSettings(reading, named);
  const { paths, profiles } = settings;
  const project = await loadProject(reading, settings);
  const services: ReadService[] = [];
  const selected = selectServices(reading, project, profiles);
  checkProject(reading, project, selected);
  for (const service of selected)
    services.push({
      ...service,
      service: await withHostKinds(reading, service.service),
      ...(await serviceEnvironment(reading, project, service)),
    });
  if (reading.problems.length > 0) throw refusal(`${paths.join(", ")} cannot be imported`, reading.problems);
  noteWhatIsUnset(reading);
  return { paths, project, services };
}

/** What a reading begins with. */
export function newReading({
  files,
  root,
  environment,
  note,
}: Pick<Reading, "files" | "root" | "environment" | "note">): Reading {
  return {
    files,
    root,
    environment,
    note,
    problems: [],
    lines: new Map(),
    unset: new Map(),
    notPassedOn: new Map(),
  };
}

/** Says of what a service has of the host whether it is a file or a folder. */
async function withHostKinds({ files }: Reading, service: ComposeService): Promise<ComposeService> {
  if (service.volumes === undefined) return service;
  const volumes = await Promise.all(
    service.volumes.map(async (mount) => {
      if (mount.type !== "bind" || mount.source === undefined) return mount;
      const hostKind = await files.kindOf(plain(mount.source));
      return hostKind === undefined ? mount : { ...mount, hostKind };
    }),
  );
  return { ...service, volumes };
}
