/** The coordinator's own log. Fields are plain facts; texts in them have been redacted. */
export type Log = (event: string, fields?: Readonly<Record<string, string | number | boolean>>) => void;

/** A log of one line of JSON an event. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  return (event, fields = {}) =>
    write(`${JSON.stringify({ at: new Date(now()).toISOString(), event, ...fields })}\n`);
}
