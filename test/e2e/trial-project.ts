import { execFile, type ChildProcess } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
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
import { dockerClient } from "../../lib/engine/docker-engine.ts";

/** What a command wrote to both of its streams, in order of arrival, and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Called whenever the command has written something, with all that it has written. */
  readonly onOutput?: (output: string, command: ChildProcess) => void;
}

/**
 * This project under another folder's name, with a config, a state and a passphrase of its own: what a test does
 * with Pulumi touches neither the config files nor the stacks of whoever runs it.
 */
export interface TrialProject {
  readonly stack: string;
  /** The project's folder. */
  readonly dir: string;
  /** Everything that any command of the trial has written. */
  transcript(): string;
  /** Runs a command in the project's folder. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /** Runs `pulumi ... --stack STACK`. */
  pulumi(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  up(): Promise<CommandResult>;
  /** Sets keys of the stack's config, for instance "validationLevel"; undefined takes one away. */
  configure(values: Readonly<Record<string, unknown>>): void;
  /** Sets secrets of the stack, as `pulumi config set --secret` does. */
  setSecrets(values: Readonly<Record<string, string>>): Promise<void>;
  /** Ends the stack and removes what it left, volumes included. */
  destroy(): Promise<void>;
  /** As {@link destroy}, and the trial itself. */
  remove(): Promise<void>;
}

// The program is copied: behind a link it would find the declarations of its own folder, and not the trial's.
const copied = ["Pulumi.yaml", "index.ts"];
const own = new Set([...copied, ".git", ".phasegate"]);

/**
 * Opens a trial of one stack. What an interrupted one has left under the same name is removed first.
 * @param stacks the folder of the declarations
 */
export async function openTrial(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  stacks = "stacks",
): Promise<TrialProject> {
  const root = process.cwd();
  const dir = mkdtempSync(join(tmpdir(), "phasegate-e2e-"));
  for (const entry of readdirSync(root)) {
    if (!own.has(entry) && !/^Pulumi\..*\.yaml$/.test(entry))
      symlinkSync(join(root, entry === "stacks" ? stacks : entry), join(dir, entry));
  }
  for (const file of copied) copyFileSync(join(root, file), join(dir, file));
  mkdirSync(join(dir, "state"));
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_BACKEND_URL: pathToFileURL(join(dir, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: "trial",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NO_COLOR: "1",
  };
  let transcript = "";

  const run: TrialProject["run"] = (command, args, { env = {}, input = "", onOutput } = {}) =>
    new Promise((resolve, reject) => {
      let output = "";
      const options = {
        cwd: dir,
        env: { ...environment, ...env },
        maxBuffer: 64 * 1024 * 1024,
        timeout: 600_000,
      };
      const child = execFile(command, [...args], options, (error) => {
        transcript += output;
        if (error && typeof error.code !== "number")
          reject(new Error(`${command} ${args.join(" ")} was ended:\n${output}`, { cause: error }));
        else resolve({ code: typeof error?.code === "number" ? error.code : 0, output });
      });
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (chunk: string) => {
          output += chunk;
          onOutput?.(output, child);
        });
      child.stdin?.end(input);
    });
  const pulumi: TrialProject["pulumi"] = (args, options) =>
    run("pulumi", [...args, "--stack", stack, "--non-interactive", "--color", "never"], options);
  const must = async (result: Promise<CommandResult>) => {
    const { code, output } = await result;
    if (code !== 0) throw new Error(`a command of the trial ended with ${code}:\n${output}`);
  };

  const file = join(dir, `Pulumi.${stack}.yaml`);
  const trial: TrialProject = {
    stack,
    dir,
    transcript: () => transcript,
    run,
    pulumi,
    up: () => pulumi(["up", "--yes", "--skip-preview"]),
    configure: (values) => {
      const { config, ...rest } = parse(readFileSync(file, "utf8")) as { readonly config?: object };
      const changes = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`phasegate:${key}`, value]),
      );
      writeFileSync(
        file,
        stringify({ ...rest, config: { ...config, ...changes } }, { keepUndefined: false }),
      );
    },
    setSecrets: async (values) => {
      for (const [name, value] of Object.entries(values)) {
        await must(
          pulumi(["config", "set", "--secret", "--path", `phasegate:secrets.${name}`], { input: value }),
        );
      }
    },
    destroy: async () => {
      await must(pulumi(["destroy", "--yes", "--skip-preview"]));
      await removeLeftovers(stack);
    },
    remove: async () => {
      await trial.destroy();
      rmSync(dir, { recursive: true });
    },
  };
  await removeLeftovers(stack);
  writeFileSync(file, "{}\n");
  trial.configure(config);
  await must(run("pulumi", ["stack", "init", stack, "--non-interactive"]));
  return trial;
}

/** Removes the containers, networks and volumes that carry the stack's label. */
export async function removeLeftovers(stack: string): Promise<void> {
  const docker = dockerClient();
  const filters = { label: [`phasegate.stack=${stack}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
}
