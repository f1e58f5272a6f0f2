/** The declaration language of phasegate: what a stack in stacks/ is written with. */
export type { Duration } from "./core/duration.ts";
export type { Json } from "./core/json.ts";
export type { ErrorCode } from "./core/errors.ts";
export { PhasegateError } from "./core/errors.ts";
export type { Allowance, FailureHandling, Parity, Phase, StackDeclaration } from "./model/declaration.ts";
export type { Mount } from "./model/container/mounts.ts";
export { dockerfile } from "./model/container/dockerfile.ts";
export { passThrough } from "./model/container/environment.ts";
export { externalVolume, file, hostFile, hostFolder, tmpfs, volume } from "./model/container/mounts.ts";
export { defineStack } from "./model/define-stack.ts";
export type { Environment } from "./model/environment.ts";
export { external } from "./model/external.ts";
export type { JobRuns } from "./model/job.ts";
export type { ValidationLevel } from "./model/level.ts";
export type { LifecyclePlan } from "./model/plan.ts";
export { all, any, not } from "./model/composites.ts";
export type { CustomContext, CustomFinding, CustomProbe } from "./model/custom-probe.ts";
export { failed, passed, probe } from "./model/custom-probe.ts";
export * from "./model/probes.ts";
export { projectFile } from "./project/project-file.ts";
export type { Tls } from "./model/tls.ts";
export type { Profile } from "./model/profile.ts";
export { parseProfile } from "./model/profile.ts";
export type { Registries, RegistryAccount } from "./model/registries.ts";
export { resolvePlan } from "./model/resolve-plan.ts";
export { alertmanager, slack, webhook } from "./model/sinks.ts";
export type { Alerting, Sink } from "./model/alerting.ts";
export type { PullPolicy } from "./model/container/image-options.ts";
export type { ContainerOptions } from "./model/container/options.ts";
export type { Supervision } from "./model/supervision.ts";
export type { Metrics } from "./model/telemetry.ts";
export {
  bundle,
  clickhouse,
  httpService,
  job,
  kafka,
  mongodb,
  mysql,
  postgres,
  rabbitmq,
  redis,
  secret,
  service,
  urlOf,
} from "./model/services.ts";
