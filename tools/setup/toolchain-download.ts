/** Fetches the official Pulumi release, where it can be had. */
import { createHash } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../bootstrap/report.mjs";
import { mustRun, run } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";

const connectMs = 5000;
const downloadMs = 300_000;

const archiveName = (version: string) =>
  `pulumi-v${version}-${process.platform}-${process.arch === "x64" ? "x64" : process.arch}.tar.gz`;

const official = {
  archives: "https://get.pulumi.com/releases/sdk",
  checksums: "https://github.com/pulumi/pulumi/releases/download",
};

/**
 * Gives undefined when the downloads cannot be reached.
 * @param draft the folder in which the toolchain is being made: bin and home
 */
export async function downloadToolchain(
  draft: string,
  versions: { readonly cli: string; readonly docker: string },
  progress: Progress,
): Promise<{ source: string } | undefined> {
  const name = archiveName(versions.cli);
  const sums = await fetchQuietly(
    `${official.checksums}/v${versions.cli}/pulumi-${versions.cli}-checksums.txt`,
    connectMs,
  );
  const wanted =
    sums &&
    new RegExp(`^([0-9a-f]{64})\\s+\\*?${name.replaceAll(".", "\\.")}$`, "m").exec(sums.toString())?.[1];
  if (!wanted) return undefined;
  progress(`downloading Pulumi ${versions.cli}`);
  const archive = await fetchQuietly(`${official.archives}/${name}`, downloadMs);
  if (archive === undefined) return undefined;
  const got = createHash("sha256").update(archive).digest("hex");
  if (got !== wanted)
    throw new SetupError(
      `${official.archives}/${name} is not what its release says: SHA-256 ${got} instead of ${wanted}. Nothing of it was used.`,
    );

  const file = join(draft, name);
  writeFileSync(file, archive);
  await mustRun("unpack Pulumi", "tar", ["-xzf", file, "-C", draft]);
  rmSync(join(draft, "bin"), { recursive: true });
  renameSync(join(draft, "pulumi"), join(draft, "bin"));
  rmSync(file);
  const env = { ...process.env, PULUMI_HOME: join(draft, "home"), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const plugin = await run(
    join(draft, "bin", "pulumi"),
    ["plugin", "install", "resource", "docker", versions.docker],
    { env, timeoutMs: downloadMs },
  );
  if (plugin.code === 0) return { source: `v${versions.cli}, official release` };
  rmSync(join(draft, "bin"), { recursive: true });
  return undefined;
}

/** The content behind an address, or undefined: what is not reachable here is not an error. */
async function fetchQuietly(url: string, timeoutMs: number): Promise<Buffer | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}
