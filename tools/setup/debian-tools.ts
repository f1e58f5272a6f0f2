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
import { aptDownload, rootPrefix } from "./apt.ts";
import { which } from "./which.ts";

/** The programs of each package. */
const packages = {
  prometheus: ["prometheus", "promtool"],
  "prometheus-alertmanager": ["prometheus-alertmanager", "amtool"],
  "docker-registry": ["docker-registry"],
} as const;

export type DebianTool = (typeof packages)[keyof typeof packages][number];

/** Debian's Alertmanager looks for its templates here, and nowhere else. */
const templates = "/usr/share/prometheus/alertmanager";

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
  const missing = () =>
    Object.entries(packages).filter(
      ([name, tools]) => !tools.every(found) || (name === "prometheus-alertmanager" && !hasTemplates()),
    );
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
      if (!hasTemplates()) await installTemplates(join(draft, "root", templates));
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
  return { did: all };
}

/** Where the program is one of the user's own, it has them, or needs none. */
function hasTemplates(): boolean {
  return existsSync(join(templates, "default.tmpl")) || which("prometheus-alertmanager") !== undefined;
}

async function installTemplates(from: string): Promise<void> {
  const prefix = await rootPrefix();
  if (prefix === undefined)
    throw new SetupError(
      `the tests run Debian's Alertmanager, which needs ${templates}, and that needs root: install the package prometheus-alertmanager.`,
    );
  const purpose = "install Alertmanager's templates";
  await mustRun(purpose, "env", [...prefix, "mkdir", "-p", templates]);
  const files = readdirSync(from).filter((file) => file.endsWith(".tmpl"));
  await mustRun(purpose, "env", [...prefix, "cp", ...files.map((file) => join(from, file)), templates]);
}
