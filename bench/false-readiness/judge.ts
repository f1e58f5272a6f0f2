/** When a start was a false one, by what the services themselves have written. */
import { initialised } from "./systems.ts";

/** How the first call of a client went, by its own account. */
export interface FirstCall {
  readonly calledMs: number;
  readonly worked: boolean;
  /** Why it did not work. */
  readonly problem?: string;
}

/** A service and its client in one start. Milliseconds since the epoch, by the machine's clock. */
export interface PairStart {
  /** When the service's container was created. */
  readonly serviceCreatedMs: number;
  /** Since when the service has worked, by its own log. */
  readonly worksSinceMs: number;
  /** When its client was begun: what the one who started it has promised to do only when the service works. */
  readonly begunMs: number;
  readonly firstCall: FirstCall;
}

/** Whether the client was begun before the service worked, or its first call has failed. */
export function isFalseStart({ begunMs, worksSinceMs, firstCall }: PairStart): boolean {
  return begunMs < worksSinceMs || !firstCall.worked;
}

/** @param lines what the service has written, each after the instant at which the engine has taken it */
export function worksSince(lines: readonly string[]): number | undefined {
  let scriptsAreDone = false;
  for (const line of lines) {
    const [instant = "", ...words] = line.split(" ");
    const text = words.join(" ");
    // The server that runs the scripts says that it is ready, too, and ends after them.
    scriptsAreDone ||= text === initialised;
    if (scriptsAreDone && text.endsWith("LOG:  database system is ready to accept connections"))
      return Date.parse(instant);
    const { worksSinceMs } = jsonOf(text) as { readonly worksSinceMs?: number };
    if (worksSinceMs !== undefined) return worksSinceMs;
  }
  return undefined;
}

/** @param lines what the client has written, as for {@link worksSince} */
export function firstCallIn(lines: readonly string[]): FirstCall | undefined {
  return lines
    .map((line) => jsonOf(line.slice(line.indexOf(" ") + 1)) as Partial<FirstCall>)
    .find((one): one is FirstCall => one.calledMs !== undefined && one.worked !== undefined);
}

function jsonOf(text: string): unknown {
  if (!text.startsWith("{")) return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}
