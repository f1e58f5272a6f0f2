import type { ProbeStory, ServiceStory } from "../../lib/model/story.ts";

/** The instant at which the containers of stories start. */
export const startMs = 1_000_000;

export function probeStory(name: string, patch: Partial<ProbeStory> = {}): ProbeStory {
  return {
    name,
    kind: "tcp",
    attempts: 1,
    firstPassMs: undefined,
    passing: false,
    lastCause: undefined,
    measured: undefined,
    ...patch,
  };
}

export function serviceStory(service: string, patch: Partial<ServiceStory> = {}): ServiceStory {
  return {
    service,
    phase: "infrastructure",
    container: `netra-dev-${service}`,
    registration: "0123456789abcdef",
    state: "starting",
    level: "basic",
    budgetMs: 270_000,
    restarts: 0,
    createdMs: startMs - 200,
    startedMs: startMs,
    healthyMs: undefined,
    hasHealthcheck: false,
    health: undefined,
    readyMs: undefined,
    readyAfterMs: undefined,
    provenAgain: false,
    probes: [],
    ...patch,
  };
}
