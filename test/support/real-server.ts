import { systemClock } from "../../lib/core/clock.ts";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { attempt, reportOf } from "./attempt.ts";
import type { TestContainer } from "./containers.ts";

/** Tries until an attempt passes, as a gate does. */
export async function untilPassed(probe: DeclaredProbe, endpoint: Endpoint): Promise<void> {
  let reported = "";
  for (let tries = 0; tries < 600; tries += 1) {
    reported = reportOf(await attempt(probe, endpoint), endpoint);
    if (reported === "passed") return;
    await systemClock.sleep(100);
  }
  throw new Error(`it did not become ready: ${reported}`);
}

/** Runs a probe while the container is frozen: it accepts connections still, since the kernel does that. */
export async function whilePaused(
  server: TestContainer,
  probe: DeclaredProbe,
  endpoint: Endpoint,
): Promise<string> {
  await server.container.pause();
  try {
    return reportOf(await attempt(probe, endpoint), endpoint);
  } finally {
    await server.container.unpause();
  }
}
