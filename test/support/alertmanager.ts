import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { debianTool } from "../../tools/setup/debian-tools.ts";
import { eventually } from "./eventually.ts";
import { closedPort } from "./loopback.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Prometheus' Alertmanager as a process on the loopback interface, which sends what it notifies to a webhook. */
export async function alertmanagerProcess(webhook: string) {
  const folder = temporaryFolder();
  const port = await closedPort();
  const config = join(folder.path, "alertmanager.yml");
  writeFileSync(
    config,
    JSON.stringify({
      route: {
        ...{ receiver: "test", group_by: ["alertname", "service"] },
        ...{ group_wait: "100ms", group_interval: "1s", repeat_interval: "1h" },
      },
      receivers: [{ name: "test", webhook_configs: [{ url: webhook, send_resolved: true }] }],
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    debianTool("prometheus-alertmanager"),
    [
      `--config.file=${config}`,
      `--storage.path=${folder.path}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (!(await eventually(isReady))) throw new Error(`Alertmanager does not become ready:\n${said}`);
  return {
    url,
    /** The alerts that are active now. */
    active: async () => {
      const response = await fetch(`${url}/api/v2/alerts?active=true`);
      return (await response.json()) as {
        readonly labels: Record<string, string>;
        readonly annotations: Record<string, string>;
        readonly startsAt: string;
        readonly endsAt: string;
      }[];
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
      folder[Symbol.dispose]();
    },
  };
}
