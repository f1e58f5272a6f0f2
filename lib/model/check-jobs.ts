import type { StackDeclaration } from "./declaration.ts";
import { needed } from "./needs.ts";

/** Takes a problem's place in the declaration, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** Whether what is said of jobs can be kept. */
export function checkJobs({ services, needs }: StackDeclaration, report: Report): void {
  for (const [name, service] of Object.entries(services)) {
    if (service.runs !== "once") continue;
    for (const [other, policy] of Object.entries(needed(needs[name])))
      if (policy === "restart")
        report(["needs", name, other], `"restart" would run ${name} again, and it runs once`);
  }
}
