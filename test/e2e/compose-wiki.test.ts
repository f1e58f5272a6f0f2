import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { compile } from "../support/compile.ts";
import { openComposeProject, type ByHand, type ComposeProject } from "./compose-projects/compose-project.ts";

// A wiki whose database is managed by others, from the compose file to an outage of that database. One sequence, in order.
const docker = dockerClient();
const company = "company-proxy";
const managed = "phasegate-e2e-managed-postgres";
const secrets = { databasePassword: "of-the-managed-database" };
let wiki: ComposeProject;

beforeAll(async () => {
  await removeManaged();
  await docker.createNetwork({ Name: company });
  const { reference } = await prepareImage(docker, "postgres:17", () => undefined);
  // As a provider's: outside of the stack, at an address of the engine's machine.
  const container = await docker.createContainer({
    name: managed,
    Image: reference,
    Env: ["POSTGRES_USER=wiki", "POSTGRES_DB=wiki", `POSTGRES_PASSWORD=${secrets.databasePassword}`],
    HostConfig: { PortBindings: { "5432/tcp": [{ HostIp: "172.17.0.1", HostPort: "15432" }] } },
  });
  await container.start();
  wiki = await openComposeProject("wiki", 17_000);
});
afterAll(async () => {
  await wiki.remove();
  await removeManaged();
});

async function removeManaged(): Promise<void> {
  const ignore = () => undefined;
  await docker.getContainer(managed).remove({ force: true, v: true }).catch(ignore);
  await docker.getNetwork(company).remove().catch(ignore);
}

/** What the team adds: the managed database as a service, gated and watched like its own, and when the export is due. */
const byHand: ByHand = [
  ["export: job({\n", 'export: job({\n      schedule: "30 2 * * *",\n'],
  ["  exec,\n", "  exec,\n  external,\n"],
  ["  service,\n", "  service,\n  sql,\n"],
  [
    "  phases: {\n",
    `  phases: {
    outside: { title: "What others run", services: ["database"], validation: "ready", timeout: "60s" },
`,
  ],
  ['  dependsOn: ["infrastructure"],\n', '  dependsOn: ["infrastructure", "outside"],\n'],
  [' app: ["', ' app: ["database", "'],
  [' renderer: ["', ' renderer: ["database", "'],
  [' migrate: ["', ' migrate: ["database", "'],
  [' export: ["', ' export: ["database", "'],
  ['DATABASE_URL: secret("databaseUrl")', 'DATABASE_URL: urlOf("database")', 4],
  [
    "  services: {\n",
    `  services: {
    database: external.postgres({
      host: "172.17.0.1",
      port: 15432,
      database: "wiki",
      password: secret("databasePassword"),
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

`,
  ],
];

test("its import loses nothing that matters, and compiles", async () => {
  const imported = await wiki.import();
  const lost = imported.notes.filter(({ kind }) => kind === "lost").map(({ path }) => path);
  // It is of a profile that was not asked for.
  expect(lost).toEqual(["services.psql"]);
  expect(imported.secrets.map(({ name }) => name)).toEqual(["databaseUrl"]);
  const snippet = { name: "wiki", code: wiki.changeByHand(byHand) };
  expect(compile([snippet]).get(snippet)).toEqual([]);
});

test("it comes up behind its gates, the managed database's first", async () => {
  await wiki.trial.setSecrets(secrets);
  const { code, output } = await wiki.trial.up();
  expect(code, output).toBe(0);
  expect((await wiki.phasegate("status")).code).toBe(0);
});

test("a page is kept, cached and rendered", async () => {
  expect(await wiki.call(90, "/pages/tea", { text: "Boil water." })).toEqual({ saved: "tea" });
  expect(await wiki.call(90, "/pages/tea")).toEqual({ name: "tea", text: "Boil water." });
  await rendered("tea", "<h1>tea</h1>\n<p>Boil water.</p>\n");
});

test("the export of the night can be run at any time, and nginx serves it", async () => {
  const { code, output } = await wiki.phasegate("run", "export");
  expect(code, output).toBe(0);
  expect(await wiki.call(90, "/read/all-pages.txt")).toBe("tea\n");
});

test("an outage of the managed database is named, and over when it is", async () => {
  await docker.getContainer(managed).kill();
  await vi.waitFor(
    async () => expect((await wiki.phasegate("status")).output).toMatch(/database +\S+ +failed/),
    { timeout: 60_000, interval: 500 },
  );
  const { code, output } = await wiki.phasegate("status");
  expect(code).not.toBe(0);
  expect(output).toMatch(/app\S* +\S+ +degraded/);
  await docker.getContainer(managed).start();
  const incident = await wiki.healed();
  expect(incident.root).toBe("database");
  expect((await wiki.phasegate("status")).code).toBe(0);
  await wiki.call(90, "/pages/tea", { text: "Warm the pot first." });
  await rendered("tea", "<h1>tea</h1>\n<p>Warm the pot first.</p>\n");
});

test("after a down nothing is left but its volumes, and nothing of others is gone", async () => {
  const { code, output } = await wiki.trial.pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(code, output).toBe(0);
  const { containers, networks, volumes } = await wiki.left();
  expect({ containers, networks }).toEqual({ containers: [], networks: [] });
  expect(volumes.sort()).toEqual(
    ["coordinator-history", "jobs-jobs-data", "uploads"].map((one) => `wiki-wiki-${one}`),
  );
  expect((await docker.getContainer(managed).inspect()).State.Running).toBe(true);
  await docker.getNetwork(company).inspect();
});

async function rendered(page: string, html: string): Promise<void> {
  await vi.waitFor(async () => expect(await wiki.call(90, `/read/${page}.html`)).toBe(html), {
    timeout: 60_000,
    interval: 200,
  });
}
