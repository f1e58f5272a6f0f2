import type { NaiveAlerts } from "../../figures/alert-figures.ts";
import { figures } from "../../figures/figures.ts";
import type { History } from "../../history/history.ts";
import type { Params } from "../../model/control.ts";
import type { Figures, SentAlert } from "../../model/figures.ts";

/** What figures know of alerts. */
export interface AlertFigures {
  /** The alerts of faults from then on; undefined where no alerting is declared. */
  alertsSince(sinceMs: number): readonly SentAlert[] | undefined;
  readonly naiveAlerts: NaiveAlerts;
}

/** A coordinator without alerting. */
export const noAlertFigures: AlertFigures = { alertsSince: () => undefined, naiveAlerts: () => 0 };

/**
 * The success figures from then until now.
 * @param services those that the stack has now
 * @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE
 */
export function figuresAnswer(
  history: Pick<History, "figures">,
  { sinceMs }: Params<"figures">,
  {
    services,
    nowMs,
    alerts,
  }: { readonly services: readonly string[]; readonly nowMs: number; readonly alerts: AlertFigures },
): Figures {
  const facts = history.figures.facts({ sinceMs: Math.min(sinceMs, nowMs), untilMs: nowMs });
  const { alertsSince, naiveAlerts } = alerts;
  return figures(facts, { services, alerts: alertsSince(sinceMs), naiveAlerts });
}
