import { dirname, relative } from "node:path";
import type { Problem } from "../../core/problem.ts";
import { placeText } from "../../core/problem.ts";
import type { Path } from "./compose-yaml.ts";
import { pathKey } from "./compose-yaml.ts";
import type { Lookup } from "./interpolate.ts";
import type { Report } from "./note.ts";
import type { ProjectFiles } from "./project-files.ts";
import { shown } from "./taint.ts";

/** What an import reads, and what it finds on the way. */
export interface Reading {
  readonly files: ProjectFiles;
  /** The directory that messages show paths from. */
  readonly root: string;
  /** The variables of the environment: they come before those of any file. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Everything that is wrong; gathered, so that it can be mended together. */
  readonly problems: Problem[];
  readonly note: Report;
  /** The file and the line of each place of the project, the last file's. */
  readonly lines: Map<string, string>;
  /** The variables that are not set and have no default, each with the places that want it. */
  readonly unset: Map<string, string[]>;
  /** For each service how many of its variables are passed on from an environment that lacks them. */
  readonly notPassedOn: Map<string, number>;
}

/** What a directory's files are relative to, and the variables for their texts. */
export interface Place {
  readonly directory: string;
  readonly lookup: Lookup;
}

/** A path as messages show it. */
export function shownPath({ root }: Pick<Reading, "root">, path: string): string {
  const way = relative(root, path);
  return way === "" ? "." : shown(way);
}

/** The place of an included file, or of one that is extended. */
export function directoryOf(path: string): string {
  return dirname(path);
}

/** A place of the project with its file and line: `compose.yaml:7 services.api.image`. */
export function placeOf({ lines }: Pick<Reading, "lines">, path: Path): string {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(pathKey(path.slice(0, length)));
    if (line !== undefined) return `${line} ${placeText(path)}`;
  }
  const [whole] = lines.values();
  return `${whole === undefined ? "" : `${whole.replace(/:\d+$/, ":1")} `}${placeText(path)}`;
}

/** A problem at a place of the project. */
export function problemAt(reading: Reading, path: Path, message: string): void {
  reading.problems.push({ path: placeOf(reading, path), message });
}

/** Says in few notes what many places have in common, and what is no loss. */
export function noteWhatIsUnset({ unset, notPassedOn, note }: Reading): void {
  for (const [variable, [first = "", ...others]] of unset) {
    const more =
      others.length === 0 ? "" : `, and in ${others.length} more ${others.length === 1 ? "place" : "places"}`;
    note("check", first, `the variable ${variable} is not set: empty in its place here${more}`);
  }
  if (notPassedOn.size === 0) return;
  const count = [...notPassedOn.values()].reduce((sum, own) => sum + own, 0);
  const services = [...notPassedOn].map(([name, own]) => (own === 1 ? name : `${name} (${own})`));
  note(
    "check",
    "services",
    `pass on ${count === 1 ? "one variable" : `${count} variables`} of the environment that ${count === 1 ? "is" : "are"} not set there, and left out here, as by compose: ${services.join(", ")}`,
  );
}
