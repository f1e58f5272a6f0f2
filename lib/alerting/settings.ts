import type { Silence } from "../model/alert.ts";

/** What decides about alerts besides what happens. */
export interface AlertSettings {
  /** How long a cause may last before somebody is alerted. */
  readonly afterMs: number;
  /** After how long an alert that is still open is sent again. */
  readonly repeatMs: number;
  /** The sinks, by name, and whether one is sent what it has been sent before: Alertmanager repeats by itself. */
  readonly sinks: Readonly<Record<string, { readonly repeats: boolean }>>;
  readonly silences: readonly Silence[];
  /** The services that one needs, itself not among them. */
  readonly needs: (service: string) => readonly string[];
  /** A new name for an alert or a message. */
  readonly newId: () => string;
}

/** How long a cause must be gone before its alert is resolved. */
export const quietMs = 2 * 60_000;
/** The same where it has come back before: what flaps is one alert. */
export const quietAfterFlapMs = 10 * 60_000;
/** A cause that comes so often without having been quiet alerts at once, however short it is each time. */
export const flaps = 3;

/** Whether a service is silenced at a time. */
export function isSilenced(
  { silences }: Pick<AlertSettings, "silences">,
  service: string,
  nowMs: number,
): boolean {
  return silences.some((silence) => silence.service === service && silence.untilMs > nowMs);
}
