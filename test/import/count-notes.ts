/**
 * Counts the notes that imports of the fixtures come with, by kind:
 *   node test/import/count-notes.ts             with the import of this checkout
 *   node test/import/count-notes.ts DIRECTORY   with that of another one, on the fixtures of this one
 */
import { resolve } from "node:path";
import type * as Import from "../../lib/import/import-compose.ts";
import { projectFiles } from "../../lib/import/read/project-files.ts";
import { fixtureNames, fixtureOptions, givenTo } from "../support/compose-fixtures.ts";

const [directory = resolve(import.meta.dirname, "../..")] = process.argv.slice(2);
const { importCompose } = (await import(resolve(directory, "lib/import/import-compose.ts"))) as typeof Import;

const rows: { fixture: string; lost: number; changed: number; check: number }[] = [];
for (const fixture of fixtureNames) {
  const options = fixtureOptions(fixture);
  const { paths } = givenTo(fixture);
  const { notes } = await importCompose(paths, { files: projectFiles(options.root, paths), ...options });
  const count = (kind: string) => notes.filter((note) => note.kind === kind).length;
  rows.push({ fixture, lost: count("lost"), changed: count("changed"), check: count("check") });
}
const sum = (kind: "lost" | "changed" | "check") => rows.reduce((before, row) => before + row[kind], 0);
console.table([...rows, { fixture: "all", lost: sum("lost"), changed: sum("changed"), check: sum("check") }]);
