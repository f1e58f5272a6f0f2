/** Writes one event as one JSON line, in the form that the servers' log has: for what runs without a server. */
export function logLine(
  service: string,
  level: "info" | "warn" | "fatal",
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const line = { level, time: new Date().toISOString(), service, ...fields, msg: message };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
