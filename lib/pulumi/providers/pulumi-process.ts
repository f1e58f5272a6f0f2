import { fstatSync } from "node:fs";

/** The address of Pulumi's engine, which is the last argument that it starts a provider with; undefined in any other process. */
export function pulumiAddress(): string | undefined {
  const address = process.argv.at(-1);
  return address !== undefined && /^[\w.-]+:\d+$/.test(address) ? address : undefined;
}

/**
 * Ends this process when Pulumi is gone. Pulumi ends its providers itself, unless it is killed: this one would stay for ever, and the
 * coordinator would take its connection for an `up` that is still at work. The pipe at the standard input is Pulumi's, which
 * never writes into it: it ends with Pulumi.
 */
export function endWithPulumi(): void {
  if (pulumiAddress() === undefined) return;
  const input = fstatSync(process.stdin.fd);
  if (input.isFIFO() || input.isSocket()) process.stdin.on("end", () => process.exit(1)).resume();
}
