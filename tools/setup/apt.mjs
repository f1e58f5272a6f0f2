// Installs Debian packages where that can be done without asking anybody.
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.mjs";
import { join } from "node:path";
import { mustRun, run } from "./run.mjs";
import { which } from "./which.mjs";

/** The words to put before a command so that it runs as root; undefined when that needs a password. */
export async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (which("sudo") === undefined) return undefined;
  return (await run("sudo", ["-n", "true"])).code === 0 ? ["sudo", "-n"] : undefined;
}

/** Whether packages can be installed here: Debian or a relative of it, as root or with a sudo that does not ask. */
export async function canInstall() {
  return which("apt-get") !== undefined && (await rootPrefix()) !== undefined;
}

/** @param {readonly string[]} packages */
export async function aptInstall(packages) {
  const [command = "env", ...prefix] = (await rootPrefix()) ?? [];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  /** @param {string[]} args */
  const apt = (args) =>
    mustRun(
      `install ${packages.join(", ")}`,
      command,
      [...prefix, "apt-get", "-o", "DPkg::Lock::Timeout=120", "-q", ...args],
      { env },
    );
  await withLock(join(cacheDir, "apt.lock"), async () => {
    // Tried with what is known first: fresh lists are only fetched when they are needed.
    const known = await run(
      command,
      [...prefix, "apt-get", "-q", "install", "-y", "--no-install-recommends", ...packages],
      { env },
    );
    if (known.code === 0) return;
    await apt(["update"]);
    await apt(["install", "-y", "--no-install-recommends", ...packages]);
  });
}
