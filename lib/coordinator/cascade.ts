import type { Clock } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { CascadeStep, FailureResponse, Params } from "../model/control.ts";
import { headline } from "../readiness/gate-text.ts";
import type { Entry, Services } from "./services.ts";
import { validate } from "./validate.ts";

type Planned = Pick<CascadeStep, "service" | "action" | "because">;

/**
 * Restarts a failed service and then what needs it, at any distance: in the order of the start, each step begun when
 * the one before is ready, as a supervisor of the kind rest_for_one does. A step that fails ends the cascade: what
 * comes after could not work. When the signal aborts, no further step is begun.
 */
export async function handleFailure(
  services: Services,
  clock: Clock,
  { service, failure }: Params<"handleFailure">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<FailureResponse> {
  const entry = services.entry(service);
  if (failure === "unhealthy" && (await isWell(services, entry, signal)))
    return { service, failure, recovered: true, steps: [] };

  const all = cascade(services, service);
  const busy = all.filter((planned) => isBeingProven(services.entry(planned.service)));
  if (busy.length > 0)
    throw new PhasegateError(
      "PHASEGATE_CONTROL_REFUSED",
      `${busy.map((planned) => planned.service).join(" and ")} ${busy.length === 1 ? "is" : "are"} being proven: ask again when that has ended`,
    );

  const steps: CascadeStep[] = [];
  for (const planned of all) {
    const over = steps.some(({ result }) => result !== "ready") || signal.aborted;
    if (over) {
      steps.push({ ...planned, result: "not attempted", tookMs: 0, cause: undefined });
      continue;
    }
    onProgress(`${planned.action === "restart" ? "restarting" : "proving"} ${planned.service}`);
    steps.push(await done(services, clock, planned, signal));
  }
  return { service, failure, recovered: steps.every(({ result }) => result === "ready"), steps };
}

/** The failed service and its transitive dependents, in the order of the start, each with what is done and why. */
export function cascade(services: Services, failed: string): Planned[] {
  const planned = new Map<string, Planned>([
    [failed, { service: failed, action: "restart", because: failed }],
  ]);
  for (const { tracker, needs } of services.inStartOrder()) {
    const { service } = tracker.subject;
    if (planned.has(service)) continue;
    // What was only proven again runs as it ran: nothing changes for those who need it.
    const changed = Object.entries(needs).filter(([name]) => planned.get(name)?.action === "restart");
    const restart = changed.find(([, policy]) => policy === "restart");
    const revalidate = changed.find(([, policy]) => policy === "revalidate");
    const [because] = restart ?? revalidate ?? [];
    if (because !== undefined)
      planned.set(service, { service, action: restart ? "restart" : "revalidate", because });
  }
  return [...planned.values()];
}

async function done(
  services: Services,
  clock: Clock,
  planned: Planned,
  signal: AbortSignal,
): Promise<CascadeStep> {
  const beganMs = clock.now();
  const entry = services.entry(planned.service);
  if (planned.action === "restart") services.restart(entry);
  else services.proveAgain(entry);
  const { tracker, replaced } = entry;
  const either = AbortSignal.any([signal, replaced]);
  for (;;) {
    const state = tracker.state();
    const tookMs = clock.now() - beganMs;
    if (state.state === "ready") return { ...planned, result: "ready", tookMs, cause: undefined };
    if (state.state === "failed")
      return { ...planned, result: "failed", tookMs, cause: headline(state.failure) };
    if (either.aborted) {
      const cause = replaced.aborted ? "it was replaced meanwhile" : "nobody waits for it any more";
      return { ...planned, result: "failed", tookMs, cause };
    }
    await tracker.changed.next(either);
  }
}

function isBeingProven({ tracker }: Entry): boolean {
  return ["pending", "starting", "restarting"].includes(tracker.state().state);
}

async function isWell(services: Services, { tracker }: Entry, signal: AbortSignal): Promise<boolean> {
  if (tracker.state().state !== "ready") return false;
  const { passed } = await validate(services, { service: tracker.subject.service }, () => undefined, signal);
  return passed;
}

/** One cascade at a time: a second one would restart what the first one is proving. */
export function oneAtATime<A extends readonly unknown[], T>(
  cascade: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  let underWay = false;
  return async (...args) => {
    if (underWay)
      throw new PhasegateError(
        "PHASEGATE_CONTROL_REFUSED",
        "a failure is being handled already: ask again when it has been",
      );
    underWay = true;
    try {
      return await cascade(...args);
    } finally {
      underWay = false;
    }
  };
}
