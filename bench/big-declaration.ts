import type { Phase, StackDeclaration } from "phasegate";
import { get, httpService, tcp } from "phasegate";
import { benchProfile } from "./bench-profile.ts";

export interface Size {
  readonly services: number;
  readonly phases: number;
}

/** What a service runs. */
export interface Runs {
  readonly image: string;
  readonly command: readonly string[];
}

/** How many services of the phase before a service needs, at most. */
const needsEach = 3;

/**
 * A declaration of as many services as asked for, spread over a chain of phases. Each service has three probes and
 * needs three services of the phase before, as a service of a large system does.
 * @param runs what each service runs. Default: an image of its own, which there is not
 */
export function bigDeclaration({ services, phases }: Size, runs?: Runs): StackDeclaration {
  const names = Array.from({ length: services }, (_, i) => `service-${i}`);
  const groups = Array.from({ length: Math.min(phases, services) }, (_, phase, all = names) =>
    all.filter((_name, i) => i % Math.min(phases, services) === phase),
  );
  return {
    name: "big",
    environments: ["test"],
    services: Object.fromEntries(names.map((name) => [name, service(name, runs)])),
    phases: Object.fromEntries(groups.map((members, at) => [`phase-${at}`, phaseOf(members, at)])),
    needs: Object.fromEntries(
      groups.slice(1).flatMap((members, before) =>
        members.map((name, i) => {
          const earlier = groups[before] ?? [];
          const picked = Array.from({ length: needsEach }, (_, j) => earlier[(i + j) % earlier.length] ?? "");
          return [name, [...new Set(picked)]] as const;
        }),
      ),
    ),
    failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
  };
}

/** The profile that it is resolved with: every probe is enabled, and every edge proven. */
export const bigProfile = benchProfile("bench", {
  declaration: "big",
  startupTimeoutMultiplier: "1.5",
  validationLevel: "productionSimulation",
});

function service(name: string, runs: Partial<Runs> = {}) {
  return httpService({
    image: `big/${name}:1`,
    ...runs,
    port: 8080,
    env: { NAME: name, MODE: "measured" },
    validations: {
      ready: {
        listens: tcp(8080, { level: "basic" }),
        answers: get("/health", { json: { ready: true }, level: "basic" }),
        works: get("/health/deep", { status: [200, 204], json: { ready: true, parts: ["a", "b"] } }),
      },
    },
  });
}

function phaseOf(services: readonly string[], at: number): Phase {
  return {
    title: `Phase ${at}`,
    services,
    dependsOn: at === 0 ? [] : [`phase-${at - 1}`],
    validation: "ready",
    timeout: "120s",
  };
}
