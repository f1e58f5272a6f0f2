import type { Clock } from "../../core/clock.ts";
import type { CommandProgress, CommandStep } from "../../model/control-answers.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import { progressText } from "../../supervision/progress-text.ts";
import { statusOf } from "../supervisor/status-of.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { progressLines } from "./progress-lines.ts";

/** Says what a command waits for, whenever that changes. */
export interface SaidProgress {
  /** Something has been begun for a service. */
  add(service: string, action: CommandStep["action"]): void;
  /** It is over. */
  done(service: string): void;
  close(): void;
}

/** What takes less is not worth a word. */
const afterMs = 500;
/** As often as that the time that has passed is said again where nothing else changes. */
const everyMs = 1000;

export function commandProgress(
  { supervisor, clock }: { readonly supervisor: Supervisor; readonly clock: Clock },
  onProgress: (progress: CommandProgress) => void,
): SaidProgress {
  const underWay = new Map<string, CommandStep["action"]>();
  const closed = new AbortController();
  const lines = progressLines((text) => onProgress({ kind: "waiting", text }), clock);
  let running = false;

  const say = (): number => {
    const services = [...underWay.keys()];
    if ([...underWay.values()].includes("stop")) return lines(`waiting for ${services.join(", ")} to stop`);
    const records = services.flatMap((service) => supervisor.find(service)?.actor.record() ?? []);
    if (records.every(({ state }) => state.name === "ready")) return Infinity;
    const progress = records.map((record) => ({ status: statusOf(record), record, confirming: false }));
    return lines(progressText(progress, clock.now()));
  };
  const run = async () => {
    await clock.sleep(afterMs, closed.signal);
    while (underWay.size > 0 && !closed.signal.aborted) {
      const nextMs = Math.min(say(), clock.now() + everyMs);
      await changeOrInstant(supervisor.changed, clock, nextMs, closed.signal);
    }
    running = false;
  };
  return {
    add: (service, action) => {
      underWay.set(service, action);
      if (running) return;
      running = true;
      void run();
    },
    done: (service) => void underWay.delete(service),
    close: () => closed.abort(),
  };
}
