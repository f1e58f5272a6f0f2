import type { StackService } from "../../figures/figures.ts";
import { figures } from "../../figures/figures.ts";
import type { AlertFigures } from "./alert-figures.ts";
import type { History } from "../../history/history.ts";
import type { Params } from "../../model/control.ts";
import type { Figures } from "../../model/figures.ts";

/** What there is now. */
export interface FigureSurroundings {
  readonly services: readonly StackService[];
  /** When the coordinator's process began. */
  readonly startedMs: number;
  readonly nowMs: number;
  /** Undefined where nobody is alerted. */
  readonly alerts: AlertFigures | undefined;
}

/**
 * The success figures from then until now.
 * @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE
 */
export function figuresAnswer(
  history: Pick<History, "figures">,
  { sinceMs }: Params<"figures">,
  { services, startedMs, nowMs, alerts }: FigureSurroundings,
): Figures {
  const facts = history.figures.facts({ sinceMs: Math.min(sinceMs, nowMs), untilMs: nowMs });
  // That it is there is written once a minute only.
  const watched = [...facts.watched, { sinceMs: startedMs, untilMs: nowMs }];
  return figures({ ...facts, watched }, { services, alerts });
}
