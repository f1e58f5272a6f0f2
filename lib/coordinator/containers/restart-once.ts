import type { Platform } from "../../supervision/platform.ts";

/**
 * Restarts a workload whose current run is still the one that began at `from`. Each step leaves behind what the next look
 * understands: whoever is killed between stopping and starting gives the same order again, and a restart that was done is not
 * done twice. An engine's own restart would be begun again from the beginning.
 */
export async function restartOnce(
  { observe, start, stop }: Pick<Platform, "observe" | "start" | "stop">,
  workload: string,
  { graceMs, from }: { readonly graceMs: number; readonly from: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const seen = await observe(workload, signal);
  if (seen !== "gone" && seen.running) {
    if (seen.startedMs !== from) return;
    await stop(workload, { graceMs }, signal);
  }
  await start(workload, signal);
}
