import { createSocket } from "node:dgram";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { compile } from "../support/compile.ts";
import { openComposeProject, type ByHand, type ComposeProject } from "./compose-projects/compose-project.ts";

// Readings of meters in ten services, from the compose file to a database that freezes. One sequence, in order.
let meters: ComposeProject;
const secrets = {
  postgresPassword: "of-the-meters-database",
  amqpPassword: "of-the-meters-broker",
};

/** What the team adds: when the averages are due, which compose left to a cron of the host's. */
const byHand: ByHand = [["rollup: job({\n", 'rollup: job({\n      schedule: "0 1 * * *",\n']];

beforeAll(async () => {
  meters = await openComposeProject("meters", 17_000);
});
afterAll(() => meters.remove());

test("its import loses nothing that matters, and compiles", async () => {
  const imported = await meters.import();
  const lost = imported.notes.filter(({ kind }) => kind === "lost").map(({ path }) => path);
  // It is of a profile that was not asked for.
  expect(lost).toEqual(["services.adminer"]);
  expect(imported.secrets.map(({ name }) => name).sort()).toEqual(Object.keys(secrets).sort());
  const snippet = { name: "meters", code: meters.changeByHand(byHand) };
  expect(compile([snippet]).get(snippet)).toEqual([]);
});

test("it comes up behind its gates, each behind what it needs", async () => {
  await meters.trial.setSecrets(secrets);
  const { code, output } = await meters.trial.up();
  expect(code, output).toBe(0);
  expect(await meters.startedInOrder("database", "migrate", "api", "web")).toBe(true);
  expect((await meters.phasegate("status")).code).toBe(0);
});

test("readings that come by HTTP and UDP are in the database, and nginx answers them", async () => {
  expect(await meters.call(100, "/readings", { meter: "meter-7", value: 20.5 })).toEqual({ taken: true });
  await read("meter-7", { readings: 1, last: 20.5 });
  const socket = createSocket("udp4");
  await new Promise((sent) => socket.send("meter-7 21.5\n", 17_125, "127.0.0.1", sent));
  socket.close();
  await read("meter-7", { readings: 2, last: 21.5 });
});

test("the averages of the night can be written at any time, and nginx serves them", async () => {
  const { code, output } = await meters.phasegate("run", "rollup");
  expect(code, output).toBe(0);
  expect(await meters.call(100, "/exports/averages.csv")).toBe("meter-7,21\n");
});

test("a database that freezes is started again, and readings go on where they were", async () => {
  const { database } = await meters.containers();
  await dockerClient()
    .getContainer(database?.id ?? "")
    .pause();
  const incident = await meters.healed();
  expect(incident.root).toBe("database");
  const reached = Object.keys(incident.services).map((service) => service.replace(/-\d$/, ""));
  expect(reached).toEqual(expect.arrayContaining(["database", "api", "writer"]));
  const { output } = await meters.phasegate("incidents");
  expect(output).toMatch(/incident 1, .*: database: /);
  expect(output).toMatch(/restart +database/);
  expect(output).toMatch(/revalidate +api/);
  expect((await meters.phasegate("status")).code).toBe(0);
  await meters.call(100, "/readings", { meter: "meter-7", value: 22.5 });
  await read("meter-7", { readings: 3, last: 22.5 });
});

test("after a down nothing is left but its volumes", async () => {
  const { code, output } = await meters.trial.pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(code, output).toBe(0);
  const { containers, networks, volumes } = await meters.left();
  expect({ containers, networks }).toEqual({ containers: [], networks: [] });
  expect(volumes.sort()).toEqual(
    ["broker-broker-data", "coordinator-history", "database-database-data", "exports"].map(
      (one) => `meters-meters-${one}`,
    ),
  );
});

async function read(meter: string, expected: object): Promise<void> {
  await vi.waitFor(
    async () => expect(await meters.call(100, `/meters/${meter}`)).toMatchObject({ meter, ...expected }),
    { timeout: 60_000, interval: 200 },
  );
}
