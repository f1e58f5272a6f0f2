/** Installs Debian packages where that needs nobody's password. */
import { join } from "node:path";
import { withLock } from "../bootstrap/lock.mjs";
import { cacheDir } from "../bootstrap/paths.mjs";
import { mustRun, run } from "../bootstrap/run.mjs";
import { which } from "./which.ts";

/** The words to put before a command so that it runs as root; undefined when that needs a password. */
export async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  if (which("sudo") === undefined) return undefined;
  return (await run("sudo", ["-n", "true"])).code === 0 ? ["sudo", "-n"] : undefined;
}

/** Whether packages can be installed here: Debian or a relative of it, as root or with a sudo that does not ask. */
export async function canInstall(): Promise<boolean> {
  return which("apt-get") !== undefined && (await rootPrefix()) !== undefined;
}

const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
const apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120", "-q"];

export async function aptInstall(packages: readonly string[]): Promise<void> {
  const [command = "env", ...prefix] = (await rootPrefix()) ?? [];
  const install = [...prefix, ...apt, "install", "-y", "--no-install-recommends", ...packages];
  const purpose = `install ${packages.join(", ")}`;
  await withLock(join(cacheDir, "apt.lock"), async () => {
    // First with what is known: fresh lists are only fetched when they are needed.
    if ((await run(command, install, { env })).code === 0) return;
    await mustRun(purpose, command, [...prefix, ...apt, "update"], { env });
    await mustRun(purpose, command, install, { env });
  });
}

/** Downloads packages into a folder, and installs nothing: that needs nobody's password unless the package lists are old. */
export async function aptDownload(packages: readonly string[], folder: string): Promise<void> {
  const args = [...apt.slice(1), "download", ...packages];
  await withLock(join(cacheDir, "apt.lock"), async () => {
    if ((await run("apt-get", args, { env, cwd: folder })).code === 0) return;
    const update = [...((await rootPrefix()) ?? []), ...apt, "update"];
    await mustRun(`download ${packages.join(", ")}`, "env", update, { env });
    await mustRun(`download ${packages.join(", ")}`, "apt-get", args, { env, cwd: folder });
  });
}
