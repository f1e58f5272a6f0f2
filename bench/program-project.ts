import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import type { Finished } from "./command.ts";
import { runCommand } from "./command.ts";

/** A Pulumi project of another program than the repository's, with a state of its own and the stack "bench". */
export interface ProgramProject {
  /** Runs `pulumi` on it. */
  pulumi(...args: readonly string[]): Promise<Finished>;
  /** Sets keys of the stack's config. */
  configure(values: Readonly<Record<string, string | number>>): Promise<void>;
  remove(): void;
}

/** As the project's own Pulumi.yaml has it: the same runtime with the same options, and the same launcher of providers. */
function projectFile(name: string, root: string): string {
  const { main, runtime, plugins } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as Partial<
    Record<string, unknown>
  >;
  return stringify({ name, main, runtime, plugins });
}

/** What a project under another folder's name has of its own. */
const isOwn = (entry: string) => /^(Pulumi\..*|index\.ts|\.git|\.phasegate)$/.test(entry);

/** @param program the program's file, relative to `root` */
export async function programProject(
  name: string,
  root: string,
  program: string,
  signal: AbortSignal,
): Promise<ProgramProject> {
  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-"));
  for (const entry of readdirSync(root)) if (!isOwn(entry)) symlinkSync(join(root, entry), join(dir, entry));
  // In the project's own folder: from there Pulumi runs a program, and bundles are read.
  symlinkSync(join(root, program), join(dir, "index.ts"));
  mkdirSync(join(dir, "state"));
  writeFileSync(join(dir, "Pulumi.yaml"), projectFile(name, root));
  const env = {
    ...process.env,
    PULUMI_STACK: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_BACKEND_URL: pathToFileURL(join(dir, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: "nothing secret is in it",
  };
  const run = (...args: readonly string[]) =>
    runCommand("pulumi", [...args, "--non-interactive"], { cwd: dir, env, signal });
  await run("stack", "init", "bench");
  return {
    pulumi: (...args) => run(...args, "--stack", "bench"),
    configure: async (values) => {
      for (const [key, value] of Object.entries(values))
        await run("config", "set", "--stack", "bench", key, String(value));
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
