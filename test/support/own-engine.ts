import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { systemClock } from "../../lib/core/clock.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { rootPrefix } from "../../tools/setup/apt.ts";
import { which } from "../../tools/setup/which.ts";

/**
 * A container engine of a test's own, which can be shut down, and whose power can be cut. It runs in namespaces of its own: its
 * networks, its firewall rules, its mounts and its processes are nobody else's, and its ports are not to be reached from outside.
 */
export interface OwnEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  start(): Promise<void>;
  /** As its service manager ends it: it stops its containers, all at once, and ends. */
  shutDown(): Promise<void>;
  /** Every process of it is killed at the same instant, its containers' with it. What is not on the disk is lost. */
  cutPower(): Promise<void>;
  /** Copies an image from another engine. */
  copyImage(from: Docker, reference: string): Promise<void>;
  remove(): Promise<void>;
}

const startsWithinMs = 60_000;
const endsWithinMs = 60_000;

/** Undefined where there can be none: it needs Linux, dockerd, and root or a sudo that does not ask. */
export async function ownEngine(): Promise<OwnEngine | undefined> {
  const root = await rootPrefix();
  const missing = ["dockerd", "unshare", "nsenter"].some((command) => which(command) === undefined);
  if (process.platform !== "linux" || root === undefined || missing) return undefined;

  const dir = mkdtempSync(join(tmpdir(), "phasegate-engine-"));
  const host = `unix://${join(dir, "docker.sock")}`;
  const log = openSync(join(dir, "engine.log"), "a");
  const asRoot = (command: readonly string[]) => {
    const [file = "", ...args] = [...root, ...command];
    execFileSync(file, args, { stdio: "pipe" });
  };
  const begin = (command: readonly string[]) => {
    const [file = "", ...args] = [...root, ...command];
    spawn(file, args, { detached: true, stdio: ["ignore", log, log] }).unref();
  };

  /** The first process in its namespaces, as it is known here; undefined while there is none. */
  const init = () => processes().find(({ inside, command }) => inside === 1 && command.includes(dir))?.pid;
  const daemon = () =>
    processes().find(
      ({ inside, command }) => inside !== undefined && command.startsWith(`dockerd --data-root ${dir}`),
    )?.pid;

  const started = async () => {
    if (init() === undefined) {
      // As after a boot: what is in /run is gone.
      asRoot(["rm", "-rf", join(dir, "run")]);
      // The first process collects those whose parents have ended.
      const hold = `: ${dir}; ip link set lo up; while :; do sleep 3600 & wait; done`;
      const apart = ["--net", "--mount", "--pid", "--fork", "--mount-proc"];
      begin(["unshare", ...apart, "--kill-child=SIGKILL", "bash", "-c", hold]);
    }
    const target = await eventually("its namespaces", startsWithinMs, init);
    const places = ["--data-root", join(dir, "data"), "--exec-root", join(dir, "run")];
    const socket = [
      "--host",
      host,
      "--group",
      String(userInfo().gid),
      "--pidfile",
      join(dir, "run", "docker.pid"),
    ];
    begin([
      "nsenter",
      "--target",
      String(target),
      "--net",
      "--mount",
      "--pid",
      "--",
      "dockerd",
      ...places,
      ...socket,
    ]);
    const docker = dockerOf(host);
    await eventually("its answer", startsWithinMs, async () => {
      try {
        await docker.listContainers({ limit: 1, abortSignal: AbortSignal.timeout(1000) });
        return true;
      } catch {
        return undefined;
      }
    });
  };

  const ended = async () => {
    const pid = init();
    if (pid === undefined) return;
    asRoot(["kill", "-KILL", String(pid)]);
    await eventually(
      "its end",
      endsWithinMs,
      () => (init() === undefined && daemon() === undefined) || undefined,
    );
  };

  return {
    host,
    start: started,
    shutDown: async () => {
      const pid = daemon();
      if (pid === undefined) throw new Error("the engine does not run");
      asRoot(["kill", "-TERM", String(pid)]);
      await eventually("its end", endsWithinMs, () => daemon() === undefined || undefined);
    },
    cutPower: ended,
    copyImage: async (from, reference) => {
      const image = await from.getImage(reference).get();
      const answer = await dockerOf(host).loadImage(image);
      answer.resume();
      await new Promise((resolve, reject) => answer.on("end", resolve).on("error", reject));
    },
    remove: async () => {
      await ended();
      asRoot(["rm", "-rf", dir]);
    },
  };
}

/** A client of an engine that leaves the environment as it is. */
function dockerOf(host: string): Docker {
  const before = process.env["DOCKER_HOST"];
  const docker = dockerClient(host);
  if (before === undefined) delete process.env["DOCKER_HOST"];
  else process.env["DOCKER_HOST"] = before;
  return docker;
}

interface Process {
  readonly pid: number;
  /** Its number in the innermost namespace of processes that it is in; undefined where that is this one. */
  readonly inside: number | undefined;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const numbers =
        /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]?.split(/\s+/) ?? [];
      return [{ pid, inside: numbers.length > 1 ? Number(numbers.at(-1)) : undefined, command }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

async function eventually<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs)
      throw new Error(`an engine of the test's own: ${what} was not there in time`);
    await systemClock.sleep(50);
  }
}
