/** Pulumi's docker plugin, in a PULUMI_HOME. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { mustRun } from "../bootstrap/run.mjs";

export function hasPlugin(home: string, version: string): boolean {
  const dir = join(home, "plugins", `resource-docker-v${version}`);
  return existsSync(join(dir, "pulumi-resource-docker")) && !existsSync(`${dir}.partial`);
}

/** @param file the plugin's binary; where it is not there, Pulumi downloads it */
export async function installPlugin(
  { bin, home }: { readonly bin: string; readonly home: string },
  version: string,
  file: string,
): Promise<void> {
  const env = {
    ...process.env,
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
  };
  const args = ["plugin", "install", "resource", "docker", version, "--reinstall"];
  const source = existsSync(file) ? ["--file", file] : [];
  await mustRun("install Pulumi's docker plugin", join(bin, "pulumi"), [...args, ...source], { env });
}
