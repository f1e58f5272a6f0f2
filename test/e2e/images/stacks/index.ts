import { defineStack, dockerfile, get, httpService, secret, type StackDeclaration } from "phasegate";

function stack(version: string): StackDeclaration {
  return defineStack({
    name: "images",
    environments: ["test"],
    services: {
      api: httpService({
        image: dockerfile("api", {
          target: "run",
          args: { VERSION: version },
          secrets: { token: secret("buildToken") },
        }),
        port: 8080,
        validations: { ready: { answers: get("/", { level: "basic" }) } },
      }),
    },
    phases: { all: { title: "All", services: ["api"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "1s" },
  });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  built: stack("1"),
  otherArgument: stack("2"),
};

/** What a stack's config may name in a trial of images. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}
