/**
 * Programs that the tests run, out of Debian's packages. They are unpacked into the cache and not installed: a package would start
 * its service on the machine.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../bootstrap/lock.mjs";
import { cacheDir } from "../bootstrap/paths.mjs";
import type { Progress, Result } from "../bootstrap/report.mjs";
import { mustRun } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { aptDownload } from "./apt.ts";
import { which } from "./which.ts";

/** The programs of each package. */
const packages = {
  prometheus: ["prometheus", "promtool"],
  "prometheus-alertmanager": ["prometheus-alertmanager", "amtool"],
} as const;

export type DebianTool = (typeof packages)[keyof typeof packages][number];

const place = join(cacheDir, "debian-tools");
const bin = join(place, "usr", "bin");

/** Where the program is: on the PATH, or where the set-up has unpacked it. */
function found(tool: DebianTool): string | undefined {
  const unpacked = join(bin, tool);
  return which(tool) ?? (existsSync(unpacked) ? unpacked : undefined);
}

/**
 * Where a program is.
 * @throws SetupError where it is not there
 */
export function debianTool(tool: DebianTool): string {
  const path = found(tool);
  if (path === undefined)
    throw new SetupError(
      `${tool} is not there: \`npm test\` gets it from Debian's packages before its tests.`,
    );
  return path;
}

/** Makes sure of all of them. */
export async function ensureDebianTools(progress: Progress): Promise<Result> {
  const missing = () => Object.entries(packages).filter(([, tools]) => !tools.every(found));
  const all = Object.values(packages).flat().join(", ");
  if (missing().length === 0) return { was: all };
  if (which("apt-get") === undefined || which("dpkg-deb") === undefined)
    throw new SetupError(
      `the tests run ${all}, and only Debian's packages of them can be had without you: install them, and put them on the PATH.`,
    );
  await withLock(`${place}.lock`, async () => {
    const names = missing().map(([name]) => name);
    if (names.length === 0) return;
    progress(`downloading ${names.join(", ")}`);
    mkdirSync(cacheDir, { recursive: true });
    const draft = mkdtempSync(join(cacheDir, ".debian-tools-"));
    try {
      await aptDownload(names, draft);
      const files = readdirSync(draft).filter((file) => file.endsWith(".deb"));
      for (const file of files)
        await mustRun(`unpack ${file}`, "dpkg-deb", ["-x", join(draft, file), join(draft, "root")]);
      mkdirSync(bin, { recursive: true });
      // Each moves into place when it is whole.
      for (const tool of readdirSync(join(draft, "root", "usr", "bin")))
        renameSync(join(draft, "root", "usr", "bin", tool), join(bin, tool));
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
  return { did: all };
}
