import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import { projectFiles } from "../../../lib/import/read/project-files.ts";
import { newReading, readProject } from "../../../lib/import/read/read-project.ts";
import { fixtureNames, fixtures, givenTo } from "../../support/compose-fixtures.ts";
import { readByImport, saidByCompose } from "../../support/compose-model.ts";

/** What `docker compose config --format json` said of each fixture, with its directory written as /project. */
const golden = join(import.meta.dirname, "../../import/compose");

/** The compose that the answers are of. */
const version = "2.40.3";
const compose = isThere();

describe.for(fixtureNames)("%s is read as compose reads it", (name) => {
  const root = join(fixtures, name);
  const file = join(golden, `${name}.json`);

  test("by what compose said", async () => {
    const { paths, environment, profiles } = givenTo(name);
    const reading = newReading({
      files: projectFiles(root, paths),
      root,
      environment,
      note: () => undefined,
    });
    const read = await readProject(reading, { paths, profiles, envFiles: undefined });
    const said = JSON.parse((await readFile(file, "utf8")).replaceAll("/project", root)) as Json;
    expect(readByImport(read)).toEqual(saidByCompose(said));
  });

  if (compose)
    test("and compose says it still", async () => {
      const said = asked(name, root).replaceAll(root, "/project");
      await expect(said).toMatchFileSnapshot(file);
    });
});

function isThere(): boolean {
  try {
    const answer = execFileSync("docker", ["compose", "version", "--short"], { stdio: "pipe" });
    return answer.toString().trim().replace(/^v/, "") === version;
  } catch {
    return false;
  }
}

function asked(name: string, root: string): string {
  const { paths, environment, profiles } = givenTo(name);
  const { PATH, HOME, DOCKER_CONFIG } = process.env;
  const words = [
    ...profiles.flatMap((profile) => ["--profile", profile]),
    ...paths.flatMap((path) => ["-f", path]),
  ];
  return execFileSync("docker", ["compose", ...words, "config", "--format", "json"], {
    cwd: root,
    env: { PATH, HOME, DOCKER_CONFIG, ...environment },
    stdio: "pipe",
  }).toString();
}
