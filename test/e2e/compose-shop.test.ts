import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compile } from "../support/compile.ts";
import { openComposeProject, type ByHand, type ComposeProject } from "./compose-projects/compose-project.ts";

// A shop of ten services, from its compose file to a database that crashes. One sequence, in order.
let shop: ComposeProject;
const mib = 1024 ** 2;
const secrets = {
  dbPassword: "of-the-shop-database",
  queuePassword: "of-the-shop-queue",
  adminToken: "of-the-shop-admin",
};

/** What the team adds: when the report is due, which compose left to a cron of the host's. */
const byHand: ByHand = [["report: job({\n", 'report: job({\n      schedule: "0 3 * * *",\n']];

beforeAll(async () => {
  shop = await openComposeProject("shop", 17_000);
});
afterAll(() => shop.remove());

test("its import loses nothing that matters, and compiles", async () => {
  const imported = await shop.import();
  const lost = imported.notes.filter(({ kind }) => kind === "lost").map(({ path }) => path);
  // It is of a profile that was not asked for.
  expect(lost).toEqual(["services.console"]);
  expect(imported.secrets.map(({ name }) => name).sort()).toEqual(Object.keys(secrets).sort());
  const snippet = { name: "shop", code: shop.changeByHand(byHand) };
  expect(compile([snippet]).get(snippet)).toEqual([]);
});

test("it comes up behind its gates, each behind what it needs", async () => {
  await shop.trial.setSecrets(secrets);
  const { code, output } = await shop.trial.up();
  expect(code, output).toBe(0);
  expect(await shop.startedInOrder("db", "migrate", "api", "web")).toBe(true);
  expect((await shop.phasegate("status")).code).toBe(0);
});

test("what the compose file says of its containers is so on the engine", async () => {
  const { "api-1": api, "api-2": other, web, statsd, db } = await shop.inspected();
  expect(api?.Config.Image).toMatch(/^phasegate\/shop:/);
  expect(other?.Config.Image).toBe(api?.Config.Image);
  expect(api?.Config.Env).toContain("STATSD=statsd:8125");
  expect(api?.Config.User).toBe("1000:1000");
  expect(api?.HostConfig).toMatchObject({ Memory: 192 * mib, NanoCpus: 1e9, PidsLimit: 100 });
  expect(api?.HostConfig.LogConfig?.Config).toMatchObject({
    "max-size": String(10 * mib),
    "max-file": "3",
  });
  expect(web?.HostConfig.Ulimits).toEqual([{ Name: "nofile", Soft: 8192, Hard: 16384 }]);
  expect(statsd?.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ["ALL"] });
  expect(db?.HostConfig.ShmSize).toBe(128 * mib);
});

test("an order becomes a row and an invoice, which nginx serves", async () => {
  expect(await shop.call(80, "/api/orders", { item: "tea", quantity: 3 })).toEqual({ id: 1, ofToday: 1 });
  await invoiced(1, "3 x tea\n");
  expect(await shop.call(80, "/api/orders/1")).toEqual({
    item: "tea",
    quantity: 3,
    invoice: "/uploads/invoice-1.txt",
  });
  expect(await shop.call(81, "/status")).toContain("Active connections");
  await expect(shop.call(80, "/api/admin/orders/7/cancel", { token: "a guess" })).rejects.toThrow("403");
  const { adminToken: token } = secrets;
  expect(await shop.call(80, "/api/admin/orders/7/cancel", { token })).toEqual({ cancelled: 7 });
});

test("the report of the night can be run at any time, and nginx serves it", async () => {
  const { code, output } = await shop.phasegate("run", "report");
  expect(code, output).toBe(0);
  expect(await shop.call(80, "/uploads/report.txt")).toBe("orders: 1\n");
});

test("a database that crashes is started again, those that need it are proven again, and orders go on", async () => {
  await shop.crash("db");
  const incident = await shop.healed();
  expect(incident.root).toBe("db");
  const reached = Object.keys(incident.services).map((service) => service.replace(/-\d$/, ""));
  expect(reached).toEqual(expect.arrayContaining(["db", "api", "worker"]));
  const { output } = await shop.phasegate("incidents");
  expect(output).toMatch(/incident 1, .*: db: /);
  expect(output).toMatch(/restart +db/);
  expect(output).toMatch(/revalidate +api/);
  expect((await shop.phasegate("status")).code).toBe(0);
  expect(await shop.call(80, "/api/orders", { item: "cups", quantity: 2 })).toMatchObject({ id: 2 });
  await invoiced(2, "2 x cups\n");
});

test("after a down nothing is left but its volumes", async () => {
  const { code, output } = await shop.trial.pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(code, output).toBe(0);
  const { containers, networks, volumes } = await shop.left();
  expect({ containers, networks }).toEqual({ containers: [], networks: [] });
  expect(volumes.sort()).toEqual(
    ["coordinator-history", "db-db-data", "queue-queue-data", "uploads"].map((one) => `shop-shop-${one}`),
  );
});

async function invoiced(order: number, text: string): Promise<void> {
  await vi.waitFor(async () => expect(await shop.call(80, `/uploads/invoice-${order}.txt`)).toBe(text), {
    timeout: 60_000,
    interval: 200,
  });
}
