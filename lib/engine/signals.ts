import { constants } from "node:os";

/** The number of SIGRTMIN where containers run. What runs systemd is asked to end by SIGRTMIN+3. */
const firstRealTime = 34;

/** A signal as an engine writes it, "15", "SIGTERM" or "TERM", as its number; undefined where it is none. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const [, name, beyond = "0"] = /^(?:SIG)?([A-Z0-9]+)(?:\+(\d+))?$/.exec(text) ?? [];
  if (name === "RTMIN") return firstRealTime + Number(beyond);
  return (constants.signals as Readonly<Record<string, number>>)[`SIG${name}`];
}
