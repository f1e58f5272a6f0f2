import { cpSync, mkdirSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerInspectInfo } from "dockerode";
import { build } from "esbuild";
import { vi } from "vitest";
import { connectEngine, dockerClient } from "../../../lib/engine/docker-engine.ts";
import type { ContainerState } from "../../../lib/engine/engine.ts";
import { prepareImage } from "../../../lib/engine/images.ts";
import type { ImportedDeclaration } from "../../../lib/import/import-compose.ts";
import type { Incident } from "../../../lib/model/transition.ts";
import { openTrial, type CommandResult, type TrialProject } from "../trial-project.ts";

/** What a team changes in an imported declaration: a text, what takes its place, and how often it stands there unless it is once. */
export type ByHand = readonly (readonly [text: string, instead: string, times?: number])[];

/** A compose project that is imported and brought up: one trial. */
export interface ComposeProject {
  readonly trial: TrialProject;
  /** `phasegate import` of its compose file, in its place among the trial's declarations. */
  import(): Promise<ImportedDeclaration>;
  /** Changes the imported declaration as a team would, and gives what it is then. */
  changeByHand(changes: ByHand): string;
  /** A command of `phasegate` for the stack. */
  phasegate(...args: string[]): Promise<CommandResult>;
  /** What a user gets by HTTP at a published port: JSON where it is JSON, else the text. */
  call(port: number, path: string, body?: object): Promise<unknown>;
  /** The containers of the stack, by the services' names. */
  containers(): Promise<Readonly<Record<string, ContainerState>>>;
  /** What the engine says of them. */
  inspected(): Promise<Readonly<Record<string, ContainerInspectInfo>>>;
  /** Whether each of these was started before the next, with all of its containers. */
  startedInOrder(...services: string[]): Promise<boolean>;
  /** Kills what a container runs, as a crash does; Docker's init goes on and ends the container. */
  crash(service: string): Promise<void>;
  incidents(): Promise<readonly Incident[]>;
  /** Waits for one incident that is over, and gives it. */
  healed(): Promise<Incident>;
  /** Ends the trial, and takes away what was built for it. */
  remove(): Promise<void>;
  /** What is left of the stack on the engine. */
  left(): Promise<{ containers: string[]; networks: string[]; volumes: string[] }>;
}

const docker = dockerClient();
const engine = connectEngine();

/** Opens a trial with a copy of a compose project in it, as a team has it beside its declarations. */
export async function openComposeProject(name: string, portBase: number): Promise<ComposeProject> {
  const node = await prepareImage(docker, "node:24-slim", () => undefined);
  const config = { environment: "test", declaration: name, validationLevel: "basic", portBase };
  const trial = await openTrial(name, { ...config, healthCheckInterval: "2s" });
  const folder = join(trial.dir, name);
  cpSync(join(import.meta.dirname, name), folder, { recursive: true });
  // A stand-in has another name, which whoever runs compose on such a machine says in the same place.
  writeFileSync(join(folder, ".env"), `NODE_IMAGE=${node.reference}\n`, { flag: "a" });
  await bundleApps(name, join(folder, "dist"));
  // The trial's own declarations: behind the link are those of this project.
  unlinkSync(join(trial.dir, "stacks"));
  mkdirSync(join(trial.dir, "stacks"));
  const declaration = join(trial.dir, "stacks", `${name}.ts`);
  const labels = { "phasegate.stack": name };
  const must = async (command: string, args: readonly string[]) => {
    const { code, output } = await trial.run(command, args);
    if (code !== 0) throw new Error(output);
    return output;
  };

  const project: ComposeProject = {
    trial,
    import: async () => {
      const output = await must("node", [
        ...["bin/phasegate.mjs", "import", `${name}/compose.yaml`, "--profile", "nightly"],
        ...["--output", `stacks/${name}.ts`, "--json"],
      ]);
      writeFileSync(
        join(trial.dir, "stacks/index.ts"),
        `import { ${name} } from "./${name}.ts";\n\nexport const declarationNamed = () => ${name};\n`,
      );
      return JSON.parse(output) as ImportedDeclaration;
    },
    changeByHand: (changes) => {
      let source = readFileSync(declaration, "utf8");
      for (const [text, instead, times = 1] of changes) {
        const parts = source.split(text);
        if (parts.length !== times + 1)
          throw new Error(`${text} stands ${parts.length - 1} times in\n${source}`);
        source = parts.join(instead);
      }
      writeFileSync(declaration, source);
      return source;
    },
    phasegate: (...args) => trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", name]),
    call: async (port, path, body) => {
      const response = await fetch(`http://127.0.0.1:${portBase + port}${path}`, {
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      const answer: unknown =
        response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text;
      return answer;
    },
    containers: async () => {
      const found = await engine.list(labels);
      return Object.fromEntries(found.map((one) => [one.labels["phasegate.service"] ?? "", one]));
    },
    inspected: async () => {
      const found = Object.entries(await project.containers());
      return Object.fromEntries(
        await Promise.all(
          found.map(async ([name, { id }]) => [name, await docker.getContainer(id).inspect()] as const),
        ),
      );
    },
    startedInOrder: async (...services) => {
      const all = Object.entries(await project.containers());
      const startsMs = services.map((service) =>
        all.flatMap(([name, { startedMs }]) =>
          name === service || name.replace(/-\d+$/, "") === service ? [startedMs ?? NaN] : [],
        ),
      );
      return startsMs.every(
        (own, i) => own.length > 0 && (i === 0 || Math.min(...own) > Math.max(...(startsMs[i - 1] ?? []))),
      );
    },
    crash: async (service) => {
      const { id = "" } = (await project.containers())[service] ?? {};
      const kill = ["sh", "-c", "kill -KILL $(cat /proc/1/task/1/children)"];
      await engine.run(id, kill, AbortSignal.timeout(30_000));
    },
    incidents: async () => {
      const { output } = await project.phasegate("incidents", "--json");
      return (JSON.parse(output) as { incidents: Incident[] }).incidents;
    },
    healed: () =>
      vi.waitFor(
        async () => {
          const [incident, ...others] = await project.incidents();
          if (incident?.outcome !== "recovered" || others.length > 0)
            throw new Error((await project.phasegate("status")).output);
          return incident;
        },
        { timeout: 180_000, interval: 500 },
      ),
    remove: async () => {
      await trial.remove();
      for (const { Id } of await docker.listImages({ filters: { reference: [`phasegate/${name}`] } }))
        await docker.getImage(Id).remove({ force: true });
    },
    left: async () => {
      const filters = { label: [`phasegate.stack=${name}`] };
      const networks = await docker.listNetworks({ filters });
      const { Volumes: volumes } = await docker.listVolumes({ filters });
      return {
        containers: Object.keys(await project.containers()),
        networks: networks.map(({ Name }) => Name),
        volumes: volumes.map(({ Name }) => Name),
      };
    },
  };
  return project;
}

/** As `npm run build` of a team: each program of a project, with all that it imports, is one file. */
async function bundleApps(project: string, dist: string): Promise<void> {
  const apps = join(import.meta.dirname, "apps");
  const own = readdirSync(apps).filter((file) => file.startsWith(`${project}-`));
  await build({
    entryPoints: [...own, "statsd.ts", "healthcheck.ts"].map((file) => join(apps, file)),
    outdir: dist,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    external: ["pg-native"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
}
