import { readFileSync } from "node:fs";

/** What Pulumi does for resources. Other calls of its protocol are how its processes find and know each other. */
const work =
  /\/(RegisterResource|RegisterResourceOutputs|ReadResource|Construct|Call|Invoke|Configure|Check|Diff|Create|Read|Update|Delete)$/;

/** How often each call was made, by the log that Pulumi writes where PULUMI_DEBUG_GRPC says. */
export function callsOf(log: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of readFileSync(log, "utf8").trim().split("\n")) {
    const { method, progress } = JSON.parse(line) as { readonly method: string; readonly progress: string };
    const [, call] = work.exec(method) ?? [];
    // Each has a line when it begins, and one when it ends.
    if (call !== undefined && progress === "request_started") counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}
