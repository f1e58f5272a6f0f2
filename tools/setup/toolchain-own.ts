/** The Pulumi that the user has installed. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../bootstrap/run.mjs";
import { hasPlugin, installPlugin } from "./toolchain-plugin.ts";
import { which } from "./which.ts";

/** Of the CLI: the first release that has replaceWith, which the program relies on. */
const oldestUsable = [3, 207, 0];

/**
 * The `pulumi` on the user's PATH, if it is recent enough and can have the docker plugin.
 * @param accepts leaves out the folders of the PATH that are not the user's
 */
export async function useOwnToolchain(
  draft: string,
  dockerVersion: string,
  accepts: (dir: string) => boolean,
): Promise<{ source: string; bin: string } | undefined> {
  const pulumi = which("pulumi", accepts);
  if (pulumi === undefined || which("pulumi-language-nodejs") === undefined) return undefined;
  const version = (
    await run(pulumi, ["version"], {
      timeoutMs: 20_000,
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    })
  ).stdout.trim();
  if (!isAtLeast(version, oldestUsable)) return undefined;
  const home = join(draft, "home");
  const theirs = join(
    homedir(),
    ".pulumi",
    "plugins",
    `resource-docker-v${dockerVersion}`,
    "pulumi-resource-docker",
  );
  const bin = dirname(pulumi);
  if (existsSync(theirs)) await installPlugin({ bin, home }, dockerVersion, theirs);
  else
    await run(pulumi, ["plugin", "install", "resource", "docker", dockerVersion], {
      env: { ...process.env, PULUMI_HOME: home },
      timeoutMs: 120_000,
    });
  return hasPlugin(home, dockerVersion) ? { source: `${version} of your own (${pulumi})`, bin } : undefined;
}

/** @param version "v3.259.0" */
function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined) return false;
  const index = least.findIndex((wanted, at) => wanted !== parts[at]);
  return index < 0 || (parts[index] ?? 0) > (least[index] ?? 0);
}
