import { resolve } from "node:path";
import { PhasegateError } from "../../core/errors.ts";
import { mergeService, withoutPlaces } from "./merge.ts";
import type { ReadFile } from "./read-compose.ts";
import { readComposeFile } from "./read-compose.ts";
import type { Place, Reading } from "./reading.ts";
import { directoryOf, placeOf, shownPath } from "./reading.ts";
import type { ComposeService } from "./service-schema.ts";

type Services = Readonly<Record<string, ComposeService>>;

/**
 * The services of a file, each over the one that it extends.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when services extend each other in a circle
 */
export async function extendServices(
  reading: Reading,
  path: string,
  read: ReadFile,
  place: Place,
): Promise<Services | undefined> {
  if (read.file.services === undefined) return undefined;
  const files = new Map<string, ReadFile>([[path, read]]);
  const extended: [string, ComposeService][] = [];
  // One after the other: a file that several extend is read once, and its problems are reported once.
  for (const name of Object.keys(read.file.services))
    extended.push([name, await extend(reading, files, place, { path, name }, [])]);
  return Object.fromEntries(extended);
}

interface ServiceAt {
  readonly path: string;
  readonly name: string;
}

async function extend(
  reading: Reading,
  files: Map<string, ReadFile>,
  place: Place,
  at: ServiceAt,
  extendedBy: readonly ServiceAt[],
): Promise<ComposeService> {
  const chain = [...extendedBy, at];
  if (extendedBy.some(({ path, name }) => path === at.path && name === at.name))
    throw new PhasegateError(
      "PHASEGATE_COMPOSE_INVALID",
      `services extend each other in a circle: ${chain.map(({ path, name }) => `${shownPath(reading, path)} ${name}`).join(" -> ")}`,
    );
  const by = extendedBy.at(-1);
  // The lines of a file that is extended are known while it is read only: the place is that of the one that extends.
  const namedAt = placeOf(reading, ["services", (by ?? at).name, "extends"]);
  const { file, resets } = await readOnce(reading, files, at.path, place, namedAt);
  const services = file.services ?? {};
  const service = Object.hasOwn(services, at.name) ? services[at.name] : undefined;
  if (service === undefined) {
    reading.problems.push({
      path: namedAt,
      message: `there is no service ${at.name} in ${shownPath(reading, at.path)}`,
    });
    return {};
  }
  const { extends: origin, ...own } = service;
  if (origin === undefined) return own;
  const base = await extend(
    reading,
    files,
    place,
    {
      path: origin.file === undefined ? at.path : resolve(directoryOf(at.path), origin.file),
      name: origin.service,
    },
    chain,
  );
  const places = resets.filter(([, name]) => name === at.name).map((where) => where.slice(2));
  return mergeService(
    withoutPlaces(
      base,
      places.filter((where) => where.length > 0),
    ),
    own,
  );
}

async function readOnce(
  reading: Reading,
  files: Map<string, ReadFile>,
  path: string,
  { lookup }: Place,
  namedAt: string,
): Promise<ReadFile> {
  const known = files.get(path);
  if (known !== undefined) return known;
  const read = await readComposeFile(reading, path, { directory: directoryOf(path), lookup }, namedAt);
  files.set(path, read);
  return read;
}
