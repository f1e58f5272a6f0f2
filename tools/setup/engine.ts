/** Makes sure that a container engine answers: finds one, starts one, or installs one. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { withLock } from "../bootstrap/lock.mjs";
import { cacheDir, localDir } from "../bootstrap/paths.mjs";
import { commandOf, isRunning } from "../bootstrap/process-identity.mjs";
import type { Progress, Result } from "../bootstrap/report.mjs";
import { lastLines, run } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { aptInstall, canInstall, rootPrefix } from "./apt.ts";
import { which } from "./which.ts";

const engineAddress = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
const pidFile = "/var/run/docker.pid";
const logFile = join(localDir, "engine.log");
const startBudgetMs = 60_000;
const answersWithinMs = 5000;

export async function ensureEngine(progress: Progress): Promise<Result> {
  const version = await engineVersion();
  if (version !== undefined) return { was: `container engine ${version} answers` };
  if (process.env["DOCKER_HOST"]) {
    throw new SetupError(
      `no container engine answers at DOCKER_HOST=${engineAddress}: start it, or unset DOCKER_HOST to use the one of this machine.`,
    );
  }
  return await withLock(
    join(cacheDir, "engine.lock"),
    async (): Promise<Result> => {
      const other = await engineVersion();
      if (other !== undefined) return { did: `container engine ${other} was started by another process` };
      const missing = which("dockerd") === undefined;
      if (missing) await install(progress);
      return { did: `${missing ? "installed and started" : "started"} dockerd ${await start()}` };
    },
    (pid) => progress(`process ${pid} is starting one: waiting`),
  );
}

/** The engine's version; undefined when none answers. */
async function engineVersion(): Promise<string | undefined> {
  try {
    await dockerClient().listContainers({ limit: 1, abortSignal: AbortSignal.timeout(answersWithinMs) });
    return (await dockerClient().version()).Version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") {
      throw new SetupError(
        `the engine's socket ${engineAddress} is there, but you may not use it: add yourself to its group\n(sudo usermod -aG docker $USER, then log in again), or set DOCKER_HOST to an engine of your own.`,
      );
    }
    return undefined;
  }
}

async function install(progress: Progress): Promise<void> {
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
}

/** Starts dockerd so that it outlives this process, and gives its version. */
async function start(): Promise<string> {
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    throw new SetupError(
      `no container engine answers at ${engineAddress}, and starting dockerd needs root.\nStart it (sudo systemctl start docker), or set DOCKER_HOST to an engine that runs.`,
    );
  }
  // Where systemd runs the machine, its unit is the one to start: it also comes back after a reboot.
  const asUnit = await hasSystemdUnit();
  const dockerd = asUnit || aliveEngine() !== undefined ? undefined : spawnEngine(prefix);
  if (asUnit) await run("env", [...prefix, "systemctl", "start", "docker"], { timeoutMs: startBudgetMs });

  const deadlineMs = performance.now() + startBudgetMs;
  for (;;) {
    const version = await engineVersion();
    if (version !== undefined) return version;
    if (dockerd?.ended !== undefined)
      throw new SetupError(
        `dockerd ended (${dockerd.ended}) while it started. Its last lines (${logFile}):\n${lastLogLines()}`,
      );
    if (performance.now() > deadlineMs)
      throw new SetupError(
        `dockerd did not answer within ${startBudgetMs / 1000} s. Its last lines (${logFile}):\n${lastLogLines()}`,
      );
    await sleep(100);
  }
}

/** What has become of a dockerd that was spawned here. */
interface SpawnedEngine {
  /** Its exit code or signal, or why it could not be run; undefined while it runs. */
  ended: string | undefined;
}

function spawnEngine(prefix: readonly string[]): SpawnedEngine {
  removeStalePid();
  mkdirSync(localDir, { recursive: true });
  const log = openSync(logFile, "w");
  // A session of its own, so that neither Ctrl-C nor the end of this shell reaches it.
  const dockerd = spawn("env", [...prefix, which("dockerd") ?? "dockerd"], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log],
  });
  const state: SpawnedEngine = { ended: undefined };
  dockerd.on("exit", (code, signal) => (state.ended = code === null ? String(signal) : `exit code ${code}`));
  dockerd.on("error", (error) => (state.ended = error.message));
  dockerd.unref();
  return state;
}

function lastLogLines(): string {
  return lastLines(readFileOr(logFile) || "(none)", 12);
}

async function hasSystemdUnit(): Promise<boolean> {
  if (readFileOr("/proc/1/comm").trim() !== "systemd") return false;
  return (await run("systemctl", ["cat", "docker.service"])).code === 0;
}

/** The pid of a living dockerd that the pid file names. */
function aliveEngine(): number | undefined {
  const pid = Number(readFileOr(pidFile));
  return pid > 0 && isRunning(pid) && commandOf(pid).includes("dockerd") ? pid : undefined;
}

/** After a hard kill the file stays, and dockerd refuses to start as soon as any process has that pid. */
function removeStalePid(): void {
  if (aliveEngine() !== undefined) return;
  try {
    rmSync(pidFile, { force: true });
  } catch {
    // Not ours to remove: dockerd says so itself if it minds.
  }
}

function readFileOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
