import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { systemClock } from "../../lib/core/clock.ts";
import { debianTool } from "../../tools/setup/debian-tools.ts";
import { takenPort } from "./metrics.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Configuration {
  global: { scrape_interval: string; evaluation_interval: string };
  alerting?: unknown;
  scrape_configs: { static_configs: { targets: string[] }[] }[];
}

/** The shipped configuration and rules, in a real Prometheus on the loopback address. It scrapes these targets, often. */
export async function prometheusProcess(targets: readonly string[]): Promise<
  {
    /** @throws Error when Prometheus refuses the query */
    query(promql: string): Promise<readonly Series[]>;
    get(path: string): Promise<unknown>;
  } & AsyncDisposable
> {
  const folder = temporaryFolder();
  const configuration = parse(readFileSync("ops/prometheus/prometheus.yml", "utf8")) as Configuration;
  configuration.global = { scrape_interval: "250ms", evaluation_interval: "250ms" };
  delete configuration.alerting;
  for (const { static_configs: configs } of configuration.scrape_configs)
    for (const config of configs) config.targets = [...targets];
  writeFileSync(join(folder.path, "prometheus.yml"), stringify(configuration));
  copyFileSync("ops/prometheus/phasegate.rules.yml", join(folder.path, "phasegate.rules.yml"));

  const { port, free } = await takenPort();
  await free();
  const child = spawn(
    debianTool("prometheus"),
    [
      `--config.file=${join(folder.path, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder.path, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said = (said + text.toString()).slice(-4000)));
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    const body = (await answer.json()) as { status: string; error?: string; data?: unknown };
    if (body.status !== "success") throw new Error(`${path}: ${body.error ?? answer.status}`);
    return body.data;
  };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Prometheus has ended: ${said}`);
    const ready = await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    await systemClock.sleep(50);
  }
  return {
    get,
    query: async (promql) =>
      ((await get(`/api/v1/query?query=${encodeURIComponent(promql)}`)) as { result: readonly Series[] })
        .result,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
      folder[Symbol.dispose]();
    },
  };
}
