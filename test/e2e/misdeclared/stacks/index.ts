/** Declarations that pass a compiler which is not run, or switched off: what is run must refuse them. */
import { defineStack, running, service, type StackDeclaration } from "phasegate";

const validations = { ready: { runs: running({ for: "1s", level: "basic" }) } };
const worker = service({ image: "node:24-slim", command: ["sleep", "60"], validations });
const common = {
  name: "misdeclared",
  environments: ["test"],
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "0s" },
} as const;
const phase = { validation: "ready", timeout: "30s" } as const;

/** Without the key, the phase would start at once: the gate would be gone. */
const misspelt = defineStack({
  ...common,
  services: { first: worker, second: worker },
  phases: {
    first: { ...phase, title: "First", services: ["first"] },
    // @ts-expect-error the key is dependsOn
    second: { ...phase, title: "Second", services: ["second"], dependOn: ["first"] },
  },
});

const withoutImage = defineStack({
  ...common,
  services: { first: { ...worker, image: "" } },
  phases: { first: { ...phase, title: "First", services: ["first"] } },
});

/** Nothing is wrong with it but that everybody can read its password. */
const readable = defineStack({
  ...common,
  services: {
    first: service({ image: "node:24-slim", env: { DB_PASSWORD: "hunter2-and-more" }, validations }),
  },
  phases: { first: { ...phase, title: "First", services: ["first"] } },
});

const declarations: Readonly<Record<string, StackDeclaration>> = { misspelt, withoutImage, readable };

export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`the test has no declaration ${name}`);
  return declaration;
}
