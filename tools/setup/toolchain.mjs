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
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { withLock } from "./lock.mjs";
import { cacheDir, root } from "./paths.mjs";
import { isRunning } from "./process-identity.mjs";
import { mustRun, run } from "./run.mjs";
import { hashOf, hashOfFolder } from "./stamp.mjs";
import { buildToolchain } from "./toolchain-build.mjs";
import { downloadToolchain } from "./toolchain-download.mjs";
import { which } from "./which.mjs";

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

/** Of the CLI: the first release that has replaceWith, which the program relies on. */
const oldestUsable = [3, 207, 0];

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
      (await useOwn(draft, versions.docker)) ??
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

/**
 * The `pulumi` on the user's PATH, if it is recent enough and can have the docker plugin.
 * @param {string} draft @param {string} dockerVersion
 * @returns {Promise<{ source: string, bin: string } | undefined>}
 */
async function useOwn(draft, dockerVersion) {
  const pulumi = which("pulumi", (dir) => !dir.startsWith(store) && !dir.startsWith(root));
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

/** @param {string} version "v3.259.0" @param {readonly number[]} least */
function isAtLeast(version, least) {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (parts === undefined) return false;
  const index = least.findIndex((wanted, at) => wanted !== parts[at]);
  return index < 0 || (parts[index] ?? 0) > (least[index] ?? 0);
}

/** @param {string} home @param {string} version */
function hasPlugin(home, version) {
  const dir = join(home, "plugins", `resource-docker-v${version}`);
  return existsSync(join(dir, "pulumi-resource-docker")) && !existsSync(`${dir}.partial`);
}

/** @param {{ bin: string, home: string }} toolchain @param {string} version @param {string} file the plugin's binary */
async function installPlugin({ bin, home }, version, file) {
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
