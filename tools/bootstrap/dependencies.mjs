// The npm packages, Node 24 among them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { binDir, localDir, root } from "./paths.mjs";
import { mustRun } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { hashOf, readStamp, writeStamp } from "./stamp.mjs";

/** What node_modules should hold: the lock file is the whole truth, package.json only allows scripts. */
const wanted = () => hashOf([readFileSync(join(root, "package-lock.json"))]);

/** npm itself notes here what it has installed; without it node_modules is absent or half made. */
const isInstalled = () =>
  existsSync(join(root, "node_modules", ".package-lock.json")) && existsSync(join(binDir, "node"));

const isCurrent = () => isInstalled() && readStamp("dependencies") === wanted();

/**
 * @param {import("./report.mjs").Progress} progress
 * @returns {Promise<import("./report.mjs").Result>}
 */
export async function ensureDependencies(progress) {
  if (isCurrent()) return { was: "packages are in step with package-lock.json" };
  return await withLock(
    join(localDir, "dependencies.lock"),
    async ({ include }) => {
      if (isCurrent()) return { did: "packages were installed by another process" };
      if (isInstalled() && (await matchesLock())) {
        writeStamp("dependencies", wanted());
        return { was: "packages are in step with package-lock.json" };
      }
      progress("npm ci");
      await mustRun("install the packages", "npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
        onStart: include,
      });
      if (!isInstalled())
        throw new SetupError(
          "npm ci left no node in node_modules/.bin: does this npm refuse install scripts? package.json names those it needs in allowScripts.",
        );
      writeStamp("dependencies", wanted());
      return { did: `installed the packages and Node ${nodeVersion()}` };
    },
    (pid) => progress(`process ${pid} is installing them: waiting`),
  );
}

/** Whether what npm says it installed is what the lock file asks for: someone may have run npm themselves. */
async function matchesLock() {
  /** @param {string} path @returns {Record<string, { version?: string, optional?: boolean, dev?: boolean }>} */
  const packages = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
  const installed = packages(join(root, "node_modules", ".package-lock.json"));
  const locked = Object.entries(packages(join(root, "package-lock.json"))).filter(([name]) => name !== "");
  return (
    locked.every(([name, { version, optional }]) =>
      installed[name] === undefined ? optional === true : installed[name].version === version,
    ) && Object.keys(installed).length <= locked.length
  );
}

/** The version of Node 24 that the packages brought. */
export function nodeVersion() {
  return String(JSON.parse(readFileSync(join(root, "node_modules", "node", "package.json"), "utf8")).version);
}
