// Makes sure that a container engine answers: finds one, starts one, or installs one.
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aptInstall, canInstall, rootPrefix } from "./apt.mjs";
import { engineAddress, enginePing } from "./engine-api.mjs";
import { withLock } from "./lock.mjs";
import { cacheDir, localDir } from "./paths.mjs";
import { commandOf, isRunning } from "./process-identity.mjs";
import { lastLines, run } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { which } from "./which.mjs";

const pidFile = "/var/run/docker.pid";
const startBudgetMs = 60_000;

/**
 * @param {import("./report.mjs").Progress} progress
 * @returns {Promise<import("./report.mjs").Result>}
 */
export async function ensureEngine(progress) {
  const version = await enginePing();
  if (version !== undefined) return { was: `container engine ${version} answers` };
  if (process.env["DOCKER_HOST"]) {
    throw new SetupError(
      `no container engine answers at DOCKER_HOST=${engineAddress}: start it, or unset DOCKER_HOST to use the one of this machine.`,
    );
  }
  return await withLock(
    join(cacheDir, "engine.lock"),
    async () => {
      const other = await enginePing();
      if (other !== undefined) return { did: `container engine ${other} was started by another process` };
      const installed = which("dockerd") === undefined;
      if (installed) await install(progress);
      return { did: `${installed ? "installed and started" : "started"} dockerd ${await start()}` };
    },
    (holder) => progress(`process ${holder.pid} is starting one: waiting`),
  );
}

/** @param {import("./report.mjs").Progress} progress */
async function install(progress) {
  if (process.platform !== "linux" || !(await canInstall())) {
    throw new SetupError(
      `no container engine answers at ${engineAddress}, and none can be installed from here` +
        (process.platform === "linux"
          ? " (that needs Debian or Ubuntu, and root or a sudo that asks for no password).\n"
          : ".\n") +
        "Install and start Docker Engine or Docker Desktop, or set DOCKER_HOST to an engine that runs.",
    );
  }
  progress("installing docker.io with apt-get");
  await aptInstall(["docker.io", "iptables", "ca-certificates"]);
  if (which("docker") === undefined) await aptInstall(["docker-cli"]).catch(() => {}); // A package of its own from Debian 13 on.
}

/** Starts dockerd so that it outlives this process. @returns {Promise<string>} its version */
async function start() {
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    throw new SetupError(
      `no container engine answers at ${engineAddress}, and starting dockerd needs root.\nStart it (sudo systemctl start docker), or set DOCKER_HOST to an engine that runs.`,
    );
  }
  // Where systemd runs the machine, its unit is the one to start: it also comes back after a reboot.
  if (await hasSystemdUnit())
    await run("env", [...prefix, "systemctl", "start", "docker"], { timeoutMs: startBudgetMs });
  else if (!aliveEngine()) spawnEngine(prefix);

  const deadline = Date.now() + startBudgetMs;
  for (;;) {
    const version = await enginePing();
    if (version !== undefined) return version;
    if (!(await hasSystemdUnit()) && child?.ended)
      throw new SetupError(
        `dockerd ended with code ${child.code} while it started. Its last lines (${logFile}):\n${lastLogLines()}`,
      );
    if (Date.now() > deadline)
      throw new SetupError(
        `dockerd did not answer within ${startBudgetMs / 1000} s. Its last lines (${logFile}):\n${lastLogLines()}`,
      );
    await sleep(100);
  }
}

const logFile = join(localDir, "engine.log");
/** @type {{ ended: boolean, code: number | string | null } | undefined} */
let child;

/** @param {readonly string[]} prefix */
function spawnEngine(prefix) {
  removeStalePid();
  mkdirSync(localDir, { recursive: true });
  const log = openSync(logFile, "w");
  // A session of its own, so that neither Ctrl-C nor the end of this shell reaches it.
  const dockerd = spawn("env", [...prefix, which("dockerd") ?? "dockerd"], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
  });
  const state = (child = { ended: false, code: /** @type {number | string | null} */ (null) });
  dockerd.on("exit", (code, signal) => Object.assign(state, { ended: true, code: code ?? signal }));
  dockerd.on("error", (error) => Object.assign(state, { ended: true, code: error.message }));
  dockerd.unref();
}

function lastLogLines() {
  try {
    return lastLines(readFileSync(logFile, "utf8"), 12);
  } catch {
    return "(none)";
  }
}

async function hasSystemdUnit() {
  if (readFileOr("/proc/1/comm").trim() !== "systemd") return false;
  return (await run("systemctl", ["cat", "docker.service"])).code === 0;
}

/** The pid of a living dockerd that the pid file names. */
function aliveEngine() {
  const pid = Number(readFileOr(pidFile));
  return pid > 0 && isRunning(pid) && commandOf(pid).includes("dockerd") ? pid : undefined;
}

/** After a hard kill the file stays, and dockerd refuses to start as soon as any process has that pid. */
function removeStalePid() {
  if (aliveEngine() === undefined) {
    try {
      rmSync(pidFile, { force: true });
    } catch {
      // Not ours to remove: dockerd says so itself if it minds.
    }
  }
}

/** @param {string} path */
function readFileOr(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
