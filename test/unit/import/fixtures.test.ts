import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { parseProfile, resolvePlan, type StackDeclaration } from "phasegate";
import { mapValues } from "../../../lib/core/record.ts";
import { reportText } from "../../../lib/cli/import.ts";
import { importCompose } from "../../../lib/import/import-compose.ts";
import { projectFiles } from "../../../lib/import/read/project-files.ts";
import { readSources } from "../../../lib/project/read-sources.ts";
import { fixtureNames, fixtureOptions, fixtures, givenTo } from "../../support/compose-fixtures.ts";

const golden = join(import.meta.dirname, "../../import/golden");
const names = fixtureNames;

/** Every value in the fixtures that nobody may read in what becomes of them. */
const secretValues = [
  "hunter2secret",
  "correct horse battery staple",
  "of-the-environment-1",
  "of-the-blog-7",
  "of-the-cache-2",
  "signing-of-django-3",
  "of-the-api-4",
  "of-the-vault-5",
  "analytics-pw",
  "portal-dev",
  "orders-password",
  "t0k3n-of-the-payments",
  "aSampleMasterKey",
  "a-very-long-and-random-literal",
  "another-literal",
  "0123456789abcdef@",
  "pass-of-upstream",
  "reads-only",
  "s3cr3t-of-the-check",
  "minio123",
  "geo-password",
  "scripted-password",
  "packaged-password",
  "catalog-password",
  "platform-password",
  "queue-password",
  "sk_test_0123456789",
  "8f3b0c1d2e4f5a6b",
  "minio-secret",
  "plain-in-a-dsn",
  "cookie-of-bazaar-1",
  "db-of-bazaar-2",
  "queue-of-bazaar-3",
  "db-of-newsroom-1",
  "root-of-newsroom-2",
  "agency-of-newsroom-3",
  "booking-of-clinic-1",
  "records-of-clinic-2",
  "sms-of-clinic-3",
  "events-of-clinic-4",
  "mongo-of-workshop-1",
  "npm-of-workshop-2",
];

const profile = parseProfile("dev", {
  declaration: "imported",
  environment: "development",
  startupTimeoutMultiplier: "1.5",
  healthCheckInterval: "30s",
  validationLevel: "basic",
  portBase: 15000,
  images: {},
});

function importFixture(name: string) {
  const { paths } = givenTo(name);
  const options = fixtureOptions(name);
  return importCompose(paths, { files: projectFiles(options.root, paths), ...options });
}

test("there are fixtures, and in them the secrets that must not be shown", async () => {
  expect(names.length).toBeGreaterThanOrEqual(12);
  const files = readdirSync(fixtures, { recursive: true, encoding: "utf8", withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "utf8")),
  );
  const all = [...texts, JSON.stringify(names.map(givenTo))].join("\n");
  expect(secretValues.filter((value) => !all.includes(value))).toEqual([]);
});

test("the documentation shows what is really made", async () => {
  const documentation = await readFile(join(import.meta.dirname, "../../../docs/importing.md"), "utf8");
  const compose = await readFile(join(fixtures, "shop/compose.yaml"), "utf8");
  const shop = await importFixture("shop");
  for (const shown of [compose, shop.source, reportText(shop, undefined)])
    expect(documentation).toContain(shown.trim());
});

test("the documentation says how many notes there are", async () => {
  const documentation = await readFile(join(import.meta.dirname, "../../../docs/importing.md"), "utf8");
  const notes = (
    await Promise.all(
      names.map(async (fixture) =>
        (await importFixture(fixture)).notes.map(({ kind }) => ({ kind, fixture })),
      ),
    )
  ).flat();
  const figures = [...documentation.matchAll(/^\| (lost|changed|check)(.*?)\| +\d+ \| +(\d+) \|$/gm)];
  expect(figures).toHaveLength(5);
  for (const [row, kind, which = "", now] of figures) {
    const named = [...which.matchAll(/`(\w+)`/g)].map(([, fixture]) => fixture);
    const isMeant = (fixture: string) =>
      named.length === 0 || named.includes(fixture) !== which.includes("without");
    const counted = notes.filter((note) => note.kind === kind && isMeant(note.fixture));
    expect([row, counted.length]).toEqual([row, Number(now)]);
  }
});

test.for(["bazaar", "newsroom", "clinic", "workshop"])("the services of %s lose nothing", async (name) => {
  const { notes } = await importFixture(name);
  expect(notes.filter(({ kind }) => kind === "lost")).toEqual([]);
});

describe.for(names)("%s", (name) => {
  test("becomes the declaration that is kept", async () => {
    const { source } = await importFixture(name);
    await expect(source).toMatchFileSnapshot(join(golden, `${name}.ts`));
  });

  test("shows no secret, in the declaration or beside it", async () => {
    const { source, notes, secrets } = await importFixture(name);
    const reported = JSON.stringify([source, notes, secrets]);
    expect(secretValues.filter((value) => reported.includes(value))).toEqual([]);
  });

  test("resolves to a plan with the same secrets, at every level", async () => {
    const { constant, secrets } = await importFixture(name);
    const module = (await import(pathToFileURL(join(golden, `${name}.ts`)).href)) as Record<
      string,
      StackDeclaration
    >;
    const declaration = module[constant];
    if (declaration === undefined) throw new Error(`the golden file does not export ${constant}`);
    const read = await readSources(join(fixtures, name), declaration);
    // The fixtures are compose files without the folders that are built.
    const sources = { ...read, contexts: mapValues(read.contexts, () => ({ sha256: "0".repeat(64) })) };
    for (const validationLevel of ["basic", "production"] as const) {
      const plan = resolvePlan(declaration, { ...profile, validationLevel }, "dev", sources);
      expect(Object.keys(plan.secrets)).toEqual(secrets.map((secret) => secret.name).sort());
    }
  });

  test("is the same each time", async () => {
    expect(await importFixture(name)).toEqual(await importFixture(name));
  });
});
