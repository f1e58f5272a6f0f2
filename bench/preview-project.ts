import { mkdtempSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Size } from "./big-declaration.ts";
import { runCommand } from "./command.ts";

/** A Pulumi project of the big program, with a state of its own. */
export interface PreviewProject {
  /** Runs `pulumi preview` of a declaration of this size. Answers with the milliseconds that it took. */
  preview(size: Size): Promise<number>;
  remove(): void;
}

// As the project's own Pulumi.yaml has it: the same runtime with the same options.
const project = "name: big\nmain: index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";

/** What a project under another folder's name has of its own. */
const isOwn = (entry: string) => /^(Pulumi\..*|index\.ts|\.git|\.phasegate)$/.test(entry);

export async function makePreviewProject(root: string, signal: AbortSignal): Promise<PreviewProject> {
  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-"));
  for (const entry of readdirSync(root)) if (!isOwn(entry)) symlinkSync(join(root, entry), join(dir, entry));
  // In the project's own folder: from there Pulumi runs a program, and bundles are read.
  symlinkSync(join(root, "bench/big-program.ts"), join(dir, "index.ts"));
  mkdirSync(join(dir, "state"));
  writeFileSync(join(dir, "Pulumi.yaml"), project);
  const env = {
    ...process.env,
    PULUMI_STACK: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_BACKEND_URL: pathToFileURL(join(dir, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: "nothing secret is in it",
  };
  const pulumi = (...args: readonly string[]) =>
    runCommand("pulumi", [...args, "--non-interactive"], { cwd: dir, env, signal });
  await pulumi("stack", "init", "bench");
  return {
    preview: async ({ services, phases }) => {
      for (const [key, value] of Object.entries({ services, phases }))
        await pulumi("config", "set", "--stack", "bench", key, String(value));
      return (await pulumi("preview", "--stack", "bench")).tookMs;
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
