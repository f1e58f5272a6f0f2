import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { authority } from "../support/certificates.ts";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// A Redis server in TLS on the engine's own machine, which no stack has created. One sequence, in order.
const docker = dockerClient();
const engine = connectEngine();
const password = "a-password-of-the-warehouse";
const server = "phasegate-e2e-warehouse";
const ca = authority("Warehouses");
const { certificate, key } = ca.issue(["warehouse.internal"]);
let trial: TrialProject;

beforeAll(async () => {
  await docker
    .getContainer(server)
    .remove({ force: true })
    .catch(() => undefined);
  const { reference } = await prepareImage(docker, "redis:7", () => undefined);
  await docker.createContainer({
    name: server,
    Image: reference,
    Env: [`CERT=${certificate}`, `KEY=${key}`],
    Cmd: [
      ...["sh", "-c"],
      `mkdir -p /tls && printf %s "$CERT" >/tls/cert && printf %s "$KEY" >/tls/key && chown -R redis /tls && exec docker-entrypoint.sh redis-server --port 0 --tls-port 26379 --tls-cert-file /tls/cert --tls-key-file /tls/key --tls-ca-cert-file /tls/cert --tls-auth-clients no --protected-mode no --requirepass ${password}`,
    ],
    HostConfig: { NetworkMode: "host" },
  });
  const bridge = (await docker.getNetwork("bridge").inspect()) as {
    IPAM: { Config: { Gateway?: string; Subnet: string }[] };
  };
  const [{ Gateway: gateway = "172.17.0.1" } = {}] = bridge.IPAM.Config;
  const config = {
    ...{ environment: "test", validationLevel: "basic", portBase: 16_000 },
    ...{ declaration: "trusting", external: { warehouse: { host: gateway } } },
  };
  trial = await openTrial("external", config, "test/e2e/external/stacks");
  await trial.setSecrets({ warehousePassword: password, warehouseCa: ca.certificate });
});
afterAll(async () => {
  await trial.remove();
  await docker.getContainer(server).remove({ force: true });
});

function phasegate(...args: string[]): Promise<CommandResult> {
  return trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", trial.stack]);
}

function soon(check: () => Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 60_000, interval: 200 });
}

async function started(): Promise<Record<string, number | undefined>> {
  const found = await engine.list({ "phasegate.stack": trial.stack });
  return Object.fromEntries(
    found.map(({ labels, startedMs }) => [labels["phasegate.service"] ?? "", startedMs]),
  );
}

async function states(): Promise<Record<string, string>> {
  const { output } = await phasegate("status", "--json");
  const { services } = JSON.parse(output) as { services: { service: string; state: string }[] };
  return Object.fromEntries(services.map(({ service, state }) => [service, state]));
}

test("a gate names an external service that is not there, and creates nothing behind it", async () => {
  const { code, output } = await trial.up();
  expect(code).not.toBe(0);
  expect(output).toMatch(/The gate of data did not open: warehouse is not ready .*pings: connection refused/);
  expect(output).not.toContain("docker logs");
  expect(output).toContain("services.warehouse.tls: accepts every certificate (insecure: true)");
  expect(Object.keys(await started())).toEqual(["coordinator"]);
});

test("once it works, what needs it is started with its address", async () => {
  await docker.getContainer(server).start();
  trial.configure({ declaration: "leaning" });
  const { code, output } = await trial.up();
  expect(code, output).toBe(0);
  expect(output).not.toContain("accepts every certificate");
  expect(Object.keys(await started()).sort()).toEqual(["coordinator", "web"]);
  const { Config } = await docker.getContainer("leaning-external-web").inspect();
  expect(Config.Env.find((variable) => variable.startsWith("WAREHOUSE_URL="))).toMatch(
    new RegExp(`^WAREHOUSE_URL=rediss://:${password}@[0-9.]+:26379$`),
  );
  expect(await states()).toEqual({ warehouse: "ready", web: "ready" });
});

test("commands that would start, stop or restart it are refused", async () => {
  for (const command of ["start", "stop", "restart"]) {
    const { code, output } = await phasegate(command, "warehouse");
    expect(code).not.toBe(0);
    expect(output).toContain("warehouse is external");
  }
});

test("its outage is its own, and what needs it is restarted when it works again", async () => {
  const before = await started();
  await docker.getContainer(server).stop({ t: 1 });
  await soon(async () => expect(await states()).toEqual({ warehouse: "failed", web: "degraded" }));
  expect(await started()).toEqual(before);
  const { output } = await phasegate("status");
  expect(output).toContain("warehouse");
  await docker.getContainer(server).start();
  await soon(async () => {
    expect(await states()).toEqual({ warehouse: "ready", web: "ready" });
    expect((await started())["web"]).toBeGreaterThan(before["web"] ?? Infinity);
  });
  const { code, output: preview } = await trial.pulumi(["preview", "--expect-no-changes"]);
  expect(code, preview).toBe(0);
});

test("a coordinator that is started again proves it again, and restarts nothing", async () => {
  const before = await started();
  await docker.getContainer("leaning-external-coordinator").restart({ t: 1 });
  await soon(async () => expect(await states()).toEqual({ warehouse: "ready", web: "ready" }));
  expect((await started())["web"]).toBe(before["web"]);
});
