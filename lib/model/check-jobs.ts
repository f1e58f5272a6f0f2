import type { StackDeclaration } from "./declaration.ts";
import { runsAtUp } from "./job.ts";
import { needed } from "./needs.ts";
import type { Service } from "./service.ts";

/** Takes a problem's place in the declaration, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** Whether what is said of jobs can be kept. */
export function checkJobs({ services, needs }: StackDeclaration, report: Report): void {
  for (const [name, service] of Object.entries(services)) {
    checkTimes(service, (key, message) => report(["services", name, key], message));
    const edges = Object.entries(needed(needs[name]));
    if (service.runs === "once")
      for (const [other, policy] of edges)
        if (policy === "restart")
          report(["needs", name, other], `"restart" would run ${name} again, and it runs once`);
    edges.forEach(([other], i) => {
      const target = Object.hasOwn(services, other) ? services[other] : undefined;
      if (target === undefined || runsAtUp(target)) return;
      const key = Array.isArray(needs[name]) ? i : other;
      report(
        ["needs", name, key],
        `${other} runs by its schedule alone, so nothing can wait for it: say when an up runs it, in its runs`,
      );
    });
  }
}

function checkTimes(service: Service, report: (key: keyof Service, message: string) => void): void {
  const { runs, schedule, missed, startingDeadline } = service;
  if (schedule === undefined) {
    for (const key of ["timeZone", "missed", "startingDeadline"] as const)
      if (service[key] !== undefined) report(key, "means nothing without a schedule");
    return;
  }
  if (runs === "once") report("runs", `"once" and a schedule contradict each other`);
  if (startingDeadline !== undefined && missed !== "run")
    report("startingDeadline", 'means nothing where missed is not "run"');
}
