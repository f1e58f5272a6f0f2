import type * as docker from "@pulumi/docker";
import type { ServicePlan } from "../../model/plan.ts";

/** What the engine itself asks of it. */
export function healthcheckArgs({ healthcheck }: ServicePlan): Pick<docker.ContainerArgs, "healthcheck"> {
  if (healthcheck === undefined) return {};
  const { command, interval, timeout, retries, startPeriod } = healthcheck;
  return { healthcheck: { tests: command, interval, timeout, retries, startPeriod } };
}
