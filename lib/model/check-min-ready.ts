import { durationMs, isDuration } from "../core/duration.ts";
import { budgetOf } from "./budget.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Profile } from "./profile.ts";
import type { Service } from "./service.ts";

/** Takes a problem's place in the declaration, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** Whether the budget of each service can hold its `minReady`: no gate would open where it cannot. */
export function checkMinReady(
  { services, phases }: StackDeclaration,
  isIn: (name: string) => boolean,
  profile: Profile,
  report: Report,
): void {
  for (const { services: names, timeout: ofPhase } of Object.values(phases))
    for (const name of names) {
      const { minReady, timeout = ofPhase }: Partial<Service> = services[name] ?? {};
      // What is malformed has been reported.
      if (minReady === undefined || !isIn(name) || !isDuration(minReady) || !isDuration(timeout)) continue;
      const budget = budgetOf(timeout, profile);
      if (durationMs(minReady) < durationMs(budget)) continue;
      const times = `${timeout} times the multiplier ${profile.startupTimeoutMultiplier} of ${profile.environment}`;
      report(
        ["services", name, "minReady"],
        `it cannot stay ready for ${minReady} within its budget of ${budget} (${times}): make it shorter, or the timeout longer`,
      );
    }
}
