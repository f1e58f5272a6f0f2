import {
  defineStack,
  dockerfile,
  get,
  httpService,
  redis,
  ping,
  secret,
  type StackDeclaration,
} from "phasegate";

/** "127.0.0.1:PORT": the registry that the trial has started. */
const registry = process.env["PHASEGATE_TRIAL_REGISTRY"] ?? "registry.example.com";

interface Parts {
  readonly version?: string;
  readonly platform?: string;
  readonly cache?: string;
  readonly pull?: "always" | "never";
}

function stack({
  version = "1",
  platform,
  cache = `${registry}/team/cache:1`,
  pull = "always",
}: Parts): StackDeclaration {
  return defineStack({
    name: "images",
    environments: ["test"],
    registries: { [registry]: { username: "ci", password: secret("registryPassword") } },
    services: {
      api: httpService({
        image: dockerfile("api", {
          target: "run",
          args: { VERSION: version },
          secrets: { token: secret("buildToken") },
        }),
        port: 8080,
        ...(platform !== undefined && { platform }),
        validations: { ready: { answers: get("/", { level: "basic" }) } },
      }),
      cache: redis({ image: cache, pull, validations: { ready: { answers: ping({ level: "basic" }) } } }),
    },
    phases: { all: { title: "All", services: ["api", "cache"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  built: stack({}),
  otherArgument: stack({ version: "2" }),
  forPlatform: stack({ platform: "linux/amd64" }),
  neverPulled: stack({ cache: `${registry}/team/cache:2`, pull: "never" }),
};

/** What a stack's config may name in a trial of images. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
