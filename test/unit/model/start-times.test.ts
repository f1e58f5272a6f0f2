import { expect, test } from "vitest";
import type { ServiceStatus } from "../../../lib/model/status.ts";
import { startTimes } from "../../../lib/model/start-times.ts";
import { serviceStatus, startMs } from "../../support/statuses.ts";

const passed = { healthyMs: startMs + 2100, readyMs: startMs + 2900, readyAfterMs: 2900 };

test.for<[string, Partial<ServiceStatus>, string]>([
  ["has no health check", {}, "none"],
  ["is checked, and has not passed yet", { health: "starting" }, "later"],
  ["is called unhealthy", { health: "unhealthy" }, "unhealthy"],
  ["has passed", { health: "healthy", ...passed }, "2.1s"],
  ["has passed, and is called unhealthy now", { health: "unhealthy", ...passed }, "unhealthy"],
  ["is healthy since nobody knows when", { health: "healthy", provenAgain: true }, ""],
  ["is proven again and called unhealthy", { health: "unhealthy", provenAgain: true }, "unhealthy"],
  ["passed when an earlier version recorded it", { hasHealthcheck: true, ...passed }, "2.1s"],
])("the engine's word for a container that %s", ([, patch, engineHealthy]) => {
  const status = serviceStatus("redis", { hasHealthcheck: patch.health !== undefined, ...patch });
  expect(startTimes(status).engineHealthy).toBe(engineHealthy);
});
