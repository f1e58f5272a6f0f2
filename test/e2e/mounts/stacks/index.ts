import {
  defineStack,
  externalVolume,
  file,
  hostFile,
  hostFolder,
  httpService,
  get,
  passThrough,
  tmpfs,
  volume,
  type Mount,
  type StackDeclaration,
} from "phasegate";

type Mounts = Readonly<Record<`/${string}`, Mount>>;

const program = `
  const { createServer } = require("node:http");
  process.once("SIGTERM", () => process.exit(0));
  createServer((_, response) => response.end("here")).listen(8080);`;

function mounting(mounts: Mounts, externalNetworks: readonly string[] = []) {
  return httpService({
    image: "node:24-slim",
    command: ["node", "-e", program],
    port: 8080,
    mounts,
    envFile: ["test/e2e/mounts/web.env"],
    env: {
      ZONE: "own",
      PASSED: passThrough("PHASEGATE_TRIAL_PASSED"),
      ABSENT: passThrough("PHASEGATE_TRIAL_ABSENT"),
    },
    ...(externalNetworks.length > 0 && { externalNetworks }),
    validations: { ready: { answers: get("/", { level: "basic" }) } },
  });
}

function stack(mounts: Mounts, networks?: readonly string[]): StackDeclaration {
  return defineStack({
    name: "mounted",
    environments: ["test"],
    services: { web: mounting(mounts, networks), api: mounting({ "/uploads": volume("uploads") }) },
    phases: { all: { title: "All", services: ["web", "api"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  });
}

const usual: Mounts = {
  "/etc/some.conf": hostFile("tsconfig.json"),
  "/srv/docs": hostFolder("./docs", { writable: true }),
  "/etc/copied.conf": file("test/e2e/mounts/copied.conf"),
  "/usr/local/bin/greet": file("test/e2e/mounts/greet.sh", { executable: true }),
  "/cache": tmpfs({ size: "8mb", mode: "0700" }),
  "/uploads": volume("uploads", { readOnly: true }),
  "/models": externalVolume("mounts-trial-models", { readOnly: true }),
};

const declarations: Readonly<Record<string, StackDeclaration>> = {
  mounted: stack(usual, ["mounts-trial-proxy"]),
  readOnly: stack({ ...usual, "/srv/docs": hostFolder("./docs") }, ["mounts-trial-proxy"]),
  otherSize: stack({ ...usual, "/cache": tmpfs({ size: "16mb", mode: "0700" }) }, ["mounts-trial-proxy"]),
  otherMode: stack({ ...usual, "/cache": tmpfs({ size: "8mb", mode: "0755" }) }, ["mounts-trial-proxy"]),
  writableVolume: stack({ ...usual, "/uploads": volume("uploads") }, ["mounts-trial-proxy"]),
  otherFile: stack({ ...usual, "/etc/copied.conf": file("test/e2e/mounts/web.env") }, ["mounts-trial-proxy"]),
  notExecutable: stack({ ...usual, "/usr/local/bin/greet": file("test/e2e/mounts/greet.sh") }, [
    "mounts-trial-proxy",
  ]),
  otherNetworks: stack(usual),
  missing: stack(
    {
      "/a": hostFile("no/such.conf"),
      "/b": hostFolder("tsconfig.json"),
      "/c": hostFile("docs"),
      "/d": externalVolume("mounts-trial-none"),
    },
    ["mounts-trial-none"],
  ),
  // The image has a folder there.
  misplaced: stack({ "/etc": hostFile("tsconfig.json") }),
};

/** What a stack's config may name in a trial of mounts. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
