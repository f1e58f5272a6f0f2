// Makes sure of the Pulumi toolchain: the CLI, its Node.js language host, the launcher for dynamic providers and the
// docker plugin. In order of preference: the user's own, the official release, built from Go modules.
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
import { withLock } from "./lock.mjs";
import { cacheDir, root } from "./paths.mjs";
import { isRunning } from "./process-identity.mjs";
import { hashOf, hashOfFolder } from "./stamp.mjs";
import { buildToolchain } from "./toolchain-build.mjs";
import { downloadToolchain } from "./toolchain-download.mjs";
import { useOwnToolchain } from "./toolchain-own.mjs";
import { hasPlugin, installPlugin } from "./toolchain-plugin.mjs";

/**
 * @typedef {object} Toolchain
 * @property {string} bin the folder that holds `pulumi`
 * @property {string} home PULUMI_HOME: plugins and the like, apart from the user's own ~/.pulumi and login
 * @property {string} source in words
 */

const store = join(cacheDir, "toolchain");
const launcher = "pulumi-resource-pulumi-nodejs";

/** Not beside `pulumi`: a plugin found on the PATH is used with a warning at every run. @param {string} place */
const pluginFile = (place) => join(place, "plugin", "pulumi-resource-docker");

/** Neither what was made here, found again in a shell of `npm run env`, nor a package's. @param {string} dir */
const isTheirs = (dir) => !dir.startsWith(store) && !dir.startsWith(root);

/** @param {string} name */
function packageVersion(name) {
  return String(JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version);
}

/**
 * @param {import("./report.mjs").Progress} progress
 * @returns {Promise<import("./report.mjs").Result & { toolchain: Toolchain }>}
 */
export async function ensureToolchain(progress) {
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
    (holder) => progress(`process ${holder.pid} is making it: waiting`),
  );
}

/** What `complete.json` says of a toolchain that is whole. @param {string} place @returns {Toolchain | undefined} */
function readComplete(place) {
  try {
    const { bin, source } = JSON.parse(readFileSync(join(place, "complete.json"), "utf8"));
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

/**
 * Makes the toolchain in a folder aside, and moves it into place only when it is whole.
 * @param {string} place @param {{ cli: string, docker: string }} versions @param {import("./report.mjs").Progress} progress
 * @returns {Promise<Toolchain>}
 */
async function make(place, versions, progress) {
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
function removeAbandoned() {
  if (!existsSync(store)) return;
  for (const name of readdirSync(store)) {
    const pid = /^\.draft-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(store, name), { recursive: true, force: true });
  }
}
