import { parseProfile, type Profile, type StackDeclaration } from "phasegate";

/** A profile with nothing unusual. @param changed keys that are other than usual */
export function profileWith(changed: Readonly<Record<string, unknown>> = {}): Profile {
  return parseProfile("dev", {
    declaration: "shop",
    environment: "development",
    startupTimeoutMultiplier: "1.5",
    healthCheckInterval: "30s",
    validationLevel: "basic",
    portBase: 15_000,
    images: {},
    ...changed,
  });
}

export const smallProfile = profileWith();

/** A declaration whose services are all in one phase, whose validation is called "ready". */
export function smallStack(
  services: StackDeclaration["services"],
  changed: Partial<StackDeclaration> = {},
): StackDeclaration {
  return {
    name: "shop",
    environments: ["development", "production"],
    services,
    phases: {
      all: { title: "All", services: Object.keys(services), validation: "ready", timeout: "60s" },
    },
    needs: {},
    failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
    ...changed,
  };
}
