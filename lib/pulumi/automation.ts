/** Drives stacks from programs: a folder's entry of its own, since it loads what an `up` does not need. */
export type { FailureType } from "../model/control.ts";
export type { CascadeStep, FailureResponse, Validation } from "../model/control-answers.ts";
export type { LifecycleOptions } from "./service-lifecycle-coordinator.ts";
export { ServiceLifecycleCoordinator } from "./service-lifecycle-coordinator.ts";
export type { PhaseStartup, ServiceStartupResult } from "./startup-result.ts";
