import { randomBytes } from "node:crypto";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LifecyclePlan, ValidationLevel } from "phasegate";
import { parseProfile, resolvePlan } from "phasegate";
import { declarationNamed } from "../../stacks/index.ts";
import type { Finished } from "../command.ts";
import { runCommand } from "../command.ts";

export const stack = "bench";

/** A folder of the benchmark's own: Pulumi's state and config, an empty program, and what compose needs. */
export interface Workspace {
  readonly dir: string;
  readonly plan: LifecyclePlan;
  readonly secrets: Readonly<Record<string, string>>;
  /** Puts Pulumi's state back to where no stack has ever been brought up. */
  reset(): Promise<void>;
  /** Runs `pulumi` on the project, with the benchmark's stack. */
  pulumi(...args: readonly string[]): Promise<Finished>;
  /** One of the stack's outputs, as JSON. */
  output(name: string): Promise<string>;
  /** Runs `pulumi` on a program that declares nothing. */
  pulumiEmpty(...args: readonly string[]): Promise<Finished>;
  remove(): void;
}

export interface WorkspaceOptions {
  readonly root: string;
  readonly level: ValidationLevel;
  readonly portBase: number;
  readonly signal: AbortSignal;
}

const project = "name: phasegate\nruntime: nodejs\n";
// As Pulumi.yaml has it: the same runtime with the same options.
const emptyProject =
  "name: empty\nmain: index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";

const profileOf = (level: ValidationLevel, portBase: number) => ({
  declaration: "netra",
  environment: "test",
  startupTimeoutMultiplier: "3.0",
  healthCheckInterval: "10s",
  validationLevel: level,
  portBase: String(portBase),
  images: {},
});

/** netra, as it is measured. */
export const netraPlan = (level: ValidationLevel, portBase: number): LifecyclePlan =>
  resolvePlan(declarationNamed("netra"), parseProfile(stack, profileOf(level, portBase)), stack);

export async function makeWorkspace({ root, level, portBase, signal }: WorkspaceOptions): Promise<Workspace> {
  const profile = profileOf(level, portBase);
  const plan = netraPlan(level, portBase);
  const secrets = Object.fromEntries(
    Object.keys(plan.secrets).map((name) => [name, randomBytes(24).toString("base64url")]),
  );

  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-"));
  const configDir = join(dir, "config");
  const emptyDir = join(dir, "empty");
  const stateDir = join(dir, "state");
  for (const folder of [configDir, emptyDir, stateDir]) mkdirSync(folder);
  writeFileSync(join(configDir, "Pulumi.yaml"), project);
  const configFile = join(configDir, `Pulumi.${stack}.yaml`);
  // Config files are YAML, which JSON is as well.
  const config = Object.entries(profile).map(([key, value]) => [`phasegate:${key}`, value] as const);
  writeFileSync(configFile, JSON.stringify({ config: Object.fromEntries(config) }));
  writeFileSync(join(emptyDir, "Pulumi.yaml"), emptyProject);
  writeFileSync(
    join(emptyDir, "package.json"),
    JSON.stringify({ name: "empty", type: "module", main: "index.ts" }),
  );
  writeFileSync(join(emptyDir, "index.ts"), "export {};\n");
  symlinkSync(join(root, "node_modules"), join(emptyDir, "node_modules"));

  const env = {
    ...process.env,
    PULUMI_STACK: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_BACKEND_URL: pathToFileURL(stateDir).href,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
  };
  const pulumi = (cwd: string, args: readonly string[], input?: string) =>
    runCommand("pulumi", [...args, "--stack", stack, "--non-interactive"], {
      cwd,
      env,
      signal,
      ...(input !== undefined && { input }),
    });
  const init = (cwd: string) =>
    runCommand("pulumi", ["stack", "init", stack, "--no-select", "--non-interactive"], { cwd, env, signal });

  await init(configDir);
  for (const [name, value] of Object.entries(secrets))
    await pulumi(configDir, ["config", "set", "--secret", "--path", `phasegate:secrets.${name}`], value);

  return {
    dir,
    plan,
    secrets,
    reset: async () => {
      rmSync(stateDir, { recursive: true });
      mkdirSync(stateDir);
      await init(configDir);
      await init(emptyDir);
    },
    pulumi: (...args) => pulumi(root, [...args, "--config-file", configFile]),
    // Of the same project, and of a folder in which the stack has its config where Pulumi looks for it.
    output: async (name) => (await pulumi(configDir, ["stack", "output", name, "--json"])).stdout,
    pulumiEmpty: (...args) => pulumi(emptyDir, args),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
