/**
 * Makes sure of the Pulumi toolchain: the CLI, its Node.js language host, the launcher for dynamic providers and the
 * docker plugin. In order of preference: the user's own, the official release, built from Go modules.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { withLock } from "../bootstrap/lock.mjs";
import { cacheDir, root } from "../bootstrap/paths.mjs";
import type { Progress, Result } from "../bootstrap/report.mjs";
import { isRunning } from "../bootstrap/process-identity.mjs";
import { hashOf, hashOfFolder } from "../bootstrap/stamp.mjs";
import { buildToolchain } from "./toolchain-build.ts";
import { downloadToolchain } from "./toolchain-download.ts";
import { keepNoLogs } from "./toolchain-logs.ts";
import { useOwnToolchain } from "./toolchain-own.ts";
import { hasPlugin, installPlugin } from "./toolchain-plugin.ts";

export interface Toolchain {
  /** The folder that holds `pulumi`. */
  readonly bin: string;
  /** PULUMI_HOME: plugins and the like, apart from the user's own ~/.pulumi and login. */
  readonly home: string;
  /** In words. */
  readonly source: string;
}

interface Versions {
  readonly cli: string;
  readonly docker: string;
}

const store = join(cacheDir, "toolchain");
const launcher = "pulumi-resource-pulumi-nodejs";

/** Not beside `pulumi`: a plugin found on the PATH is used with a warning at every run. */
const pluginFile = (place: string) => join(place, "plugin", "pulumi-resource-docker");

/** Neither what was made here, found again in a shell of `npm run env`, nor a package's. */
const isTheirs = (dir: string) => !dir.startsWith(store) && !dir.startsWith(root);

function packageVersion(name: string): string {
  const text = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

export async function ensureToolchain(progress: Progress): Promise<Result & { toolchain: Toolchain }> {
  const made = await findOrMake(progress);
  const { home } = made.toolchain;
  if (!isTheirs(home)) keepNoLogs(home);
  return made;
}

async function findOrMake(progress: Progress): Promise<Result & { toolchain: Toolchain }> {
  const versions = { cli: packageVersion("@pulumi/pulumi"), docker: packageVersion("@pulumi/docker") };
  const key = hashOf([
    hashOfFolder(join(root, "tools", "toolchain")),
    JSON.stringify(versions),
    process.platform,
    process.arch,
  ]);
  const place = join(store, key);

  let toolchain = readComplete(place);
  if (toolchain !== undefined && hasPlugin(toolchain.home, versions.docker)) {
    return { was: `Pulumi ${toolchain.source}`, toolchain };
  }
  return await withLock(
    join(store, `${key}.lock`),
    async () => {
      toolchain = readComplete(place) ?? (await make(place, versions, progress));
      if (!hasPlugin(toolchain.home, versions.docker))
        await installPlugin(toolchain, versions.docker, pluginFile(place));
      return { did: `Pulumi ${toolchain.source}`, toolchain };
    },
    (pid) => progress(`process ${pid} is making it: waiting`),
  );
}

/** What `complete.json` says of a toolchain that is whole. */
function readComplete(place: string): Toolchain | undefined {
  try {
    const text = readFileSync(join(place, "complete.json"), "utf8");
    const { bin, source } = JSON.parse(text) as { readonly bin?: string; readonly source: string };
    const toolchain = {
      bin: bin ?? join(place, "bin"),
      source,
      home: process.env["PULUMI_HOME"] || join(place, "home"),
    };
    return existsSync(join(toolchain.bin, "pulumi")) ? toolchain : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the toolchain in a folder aside, and moves it into place only when it is whole. */
async function make(place: string, versions: Versions, progress: Progress): Promise<Toolchain> {
  removeAbandoned();
  const draft = join(store, `.draft-${process.pid}`);
  mkdirSync(join(draft, "bin"), { recursive: true });
  mkdirSync(join(draft, "home"), { recursive: true });
  try {
    const found =
      (await useOwnToolchain(draft, versions.docker, isTheirs)) ??
      (await downloadToolchain(draft, versions, progress)) ??
      (await buildToolchain(draft, pluginFile(draft), progress));
    if (!("bin" in found)) {
      copyFileSync(join(root, "node_modules", "@pulumi", "pulumi", launcher), join(draft, "bin", launcher));
      if (!hasPlugin(join(draft, "home"), versions.docker)) {
        await installPlugin(
          { bin: join(draft, "bin"), home: join(draft, "home") },
          versions.docker,
          pluginFile(draft),
        );
      }
    }
    writeFileSync(join(draft, "complete.json"), JSON.stringify(found));
    rmSync(place, { recursive: true, force: true });
    renameSync(draft, place);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  const toolchain = readComplete(place);
  if (toolchain === undefined) throw new Error(`the toolchain in ${place} is not whole`);
  return toolchain;
}

/** What processes that were killed left half made. */
function removeAbandoned(): void {
  if (!existsSync(store)) return;
  for (const name of readdirSync(store)) {
    const pid = /^\.draft-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(store, name), { recursive: true, force: true });
  }
}
