// Pulumi's docker plugin, in a PULUMI_HOME.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { mustRun } from "./run.mjs";

/** @param {string} home @param {string} version */
export function hasPlugin(home, version) {
  const dir = join(home, "plugins", `resource-docker-v${version}`);
  return existsSync(join(dir, "pulumi-resource-docker")) && !existsSync(`${dir}.partial`);
}

/** @param {{ bin: string, home: string }} toolchain @param {string} version @param {string} file the plugin's binary */
export async function installPlugin({ bin, home }, version, file) {
  const env = {
    ...process.env,
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
  };
  const args = [
    "plugin",
    "install",
    "resource",
    "docker",
    version,
    "--reinstall",
    ...(existsSync(file) ? ["--file", file] : []),
  ];
  await mustRun("install Pulumi's docker plugin", join(bin, "pulumi"), args, { env });
}
