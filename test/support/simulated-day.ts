import type { DesiredService } from "../../lib/supervision/desired-service.ts";
import { desiredService } from "./desired.ts";
import type { SimulatedStack } from "./simulated-stack.ts";

const policies = ["restart", "restart", "revalidate", "ignore"] as const;

/** A stack of `count` services in four phases; each needs up to three of earlier ones. */
export function someStack(count: number, random: () => number): DesiredService[] {
  const phases = ["infrastructure", "business", "application", "frontend"];
  const perPhase = Math.ceil(count / phases.length);
  return Array.from({ length: count }, (_, i): DesiredService => {
    const phase = Math.floor(i / perPhase);
    const needs = Object.fromEntries(
      Array.from({ length: i < 3 ? 0 : Math.floor(random() * 4) }, () => [
        `s${Math.floor(random() * i)}`,
        policies[Math.floor(random() * policies.length)] ?? "restart",
      ]),
    );
    const before = phases[phase - 1];
    return desiredService(`s${i}`, {
      ...{ phase: phases[phase] ?? "", startIndex: i, needs },
      after: before === undefined ? [] : [before],
    });
  });
}

/** Creates the containers as an `up` does: a phase when the phases before are ready. */
export function startAll(stack: SimulatedStack): void {
  for (const phase of ["infrastructure", "business", "application", "frontend"]) {
    const own = [...stack.records].filter(([, { desired }]) => desired.phase === phase);
    for (const [service] of own) stack.startByHand(service);
    stack.run(60_000);
  }
}

/** A failure of the day; what people do, and the coordinator's own end, are none. */
export interface Fault {
  readonly atMs: number;
  /** The service that failed; undefined where the machine was started again. */
  readonly service: string | undefined;
}

/** Faults of a day, at instants and in services that the seed says. What is returned holds them once they have happened. */
export function someFaults(
  stack: SimulatedStack,
  random: () => number,
  count: number,
  dayMs: number,
): readonly Fault[] {
  const faults: Fault[] = [];
  const names = [...stack.records.keys()];
  const workload = (name: string) =>
    stack.workloads.get(name) as { healthy: boolean; crashes: boolean; readonly running: boolean };
  // What does not run cannot fail.
  const note = (service: string) => workload(service).running && faults.push({ atMs: stack.now(), service });
  for (let n = 0; n < count; n++) {
    const name = names[Math.floor(random() * names.length)] ?? "s0";
    const atMs = stack.now() + random() * dayMs;
    const forMs = random() * 600_000;
    const kind = Math.floor(random() * 7);
    stack.at(atMs, () => {
      if (kind <= 2) note(name);
      if (kind === 0) stack.crash(name, 137);
      if (kind === 1) {
        workload(name).healthy = false;
        stack.at(atMs + forMs, () => (workload(name).healthy = true));
      }
      if (kind === 2) {
        workload(name).crashes = true;
        stack.crash(name);
        stack.at(atMs + forMs, () => (workload(name).crashes = false));
      }
      if (kind === 3) stack.killCoordinator();
      if (kind === 4) stack.stopByHand(name);
      if (kind === 4) stack.at(atMs + forMs, () => stack.startByHand(name));
      if (kind === 5 && n % 4 === 0) {
        faults.push({ atMs, service: undefined });
        stack.reboot();
      }
      if (kind === 6)
        for (const other of names.slice(0, 2)) {
          note(other);
          stack.crash(other);
        }
    });
  }
  return faults;
}
