import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

const phasegate = join(import.meta.dirname, "../..");

/** A declaration that has nothing wrong with it, to be changed by a test. */
export const smallDeclaration = `import { defineStack, get, httpService } from "phasegate";

export const small = defineStack({
  name: "small",
  environments: ["development"],
  services: {
    api: httpService({
      image: "api:1",
      port: 80,
      validations: { ready: { answers: get("/", { level: "basic" }) } },
    }),
  },
  phases: { all: { title: "All", services: ["api"], validation: "ready", timeout: "60s" } },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
});
`;

const files: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module" }\n',
  "Pulumi.dev.yaml":
    "config:\n  small:declaration: small\n  small:environment: development\n  small:portBase: 15000\n",
  "stacks/index.ts":
    'import { small } from "./small.ts";\n\nexport const declarationNamed = (_name: string) => small;\n',
  "stacks/small.ts": smallDeclaration,
};

/** A project in a folder of its own, with one stack. @param changed files that are other than usual */
export function smallProject(changed: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, "node_modules"));
  symlinkSync(phasegate, join(folder.path, "node_modules/phasegate"));
  for (const [file, text] of Object.entries({ "Pulumi.yaml": pulumi, ...files, ...changed })) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true });
    writeFileSync(join(folder.path, file), text);
  }
  return {
    /** Runs the command `phasegate` there. */
    phasegate: (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(phasegate, "bin/phasegate.mjs"), ...args],
        {
          cwd: folder.path,
          encoding: "utf8",
          env: { ...process.env, DOCKER_HOST: "unix:///nowhere/docker.sock" },
        },
      );
      return { status, stdout, stderr };
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const pulumi = `name: small
runtime: nodejs
config:
  startupTimeoutMultiplier: { type: string, default: "1.0" }
  healthCheckInterval: { type: string, default: 15s }
  validationLevel: { type: string, default: comprehensive }
  images: { type: object, default: {} }
`;
