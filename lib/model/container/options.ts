/**
 * What a service says of its container, besides the image and what goes into it: one file a subject, composed here.
 * Each holds the option's type, the schema of what is declared and of what is planned, and how the one becomes the other.
 */
import { z } from "zod";
import type { DeclaredProbe } from "../probe.ts";
import { readsLog } from "../reads-log.ts";
import type { ImageOptions } from "./image-options.ts";
import { declaredImageOptions, imageOptionPlans, resolveImageOptions } from "./image-options.ts";
import type { Logging } from "./logging.ts";
import {
  checkLogging,
  declaredLoggingSchema,
  loggingPlanSchema,
  resolveLogging,
  unreadableLog,
} from "./logging.ts";
import type { NameOptions } from "./names.ts";
import { declaredNameSchemas, namePlanSchemas, resolveNames } from "./names.ts";
import type { PrivilegeOptions } from "./privileges.ts";
import {
  checkPrivileges,
  declaredPrivilegeSchemas,
  privilegePlanSchemas,
  resolvePrivileges,
} from "./privileges.ts";
import type { ProcessOptions } from "./process.ts";
import { checkProcess, declaredProcessSchemas, processPlanSchemas, resolveProcess } from "./process.ts";
import type { ReportWithin } from "./report-within.ts";
import type { Resources } from "./resources.ts";
import {
  checkResources,
  declaredResourcesSchema,
  resolveResources,
  resourcesPlanSchema,
} from "./resources.ts";

/** What every service may say of its container. */
export interface ContainerOptions extends ProcessOptions, NameOptions, PrivilegeOptions, ImageOptions {
  /** What it may use of the engine's machine: `{ memory: "512mb" }`. Default: all that there is. */
  readonly resources?: Resources;
  /**
   * Where what it writes is kept, and how much of that. "engine" leaves it to the engine's own settings. Default: three files
   * of 10 MiB. A change replaces the container.
   */
  readonly logging?: Logging | "engine";
}

/** Accepts the options as they are declared. */
export const containerOptionSchemas = {
  resources: declaredResourcesSchema.optional(),
  logging: declaredLoggingSchema.optional(),
  ...declaredProcessSchemas,
  ...declaredNameSchemas,
  ...declaredPrivilegeSchemas,
  ...declaredImageOptions,
};

/** The options in a plan. What is absent is the engine's or the image's own. */
export const containerPlanSchemas = {
  resources: resourcesPlanSchema.optional(),
  logging: loggingPlanSchema.optional(),
  ...processPlanSchemas,
  ...namePlanSchemas,
  ...privilegePlanSchemas,
  ...imageOptionPlans,
};

/** What else of a service its container's options must fit. */
export interface Contents {
  /** All files that are written into it, by path. */
  readonly files: readonly string[];
  /** Where volumes are mounted. */
  readonly mounted: readonly string[];
  readonly validations: Readonly<Record<string, Readonly<Record<string, DeclaredProbe>>>>;
}

const wellFormed = z.object(containerOptionSchemas);

/** Reports what does not go together in the options of a service. What is malformed has been reported, and is not judged further. */
export function checkContainerOptions(
  options: ContainerOptions,
  contents: Contents,
  report: ReportWithin,
): void {
  if (!wellFormed.safeParse(options).success) return;
  const { resources = {}, logging = {} } = options;
  checkResources(resources, (path, message) => report(["resources", ...path], message));
  checkLogging(logging, (path, message) => report(["logging", ...path], message));
  const unreadable = unreadableLog(logging);
  if (unreadable !== undefined)
    for (const [validation, probes] of Object.entries(contents.validations))
      for (const [name, probe] of Object.entries(probes))
        if (readsLog(probe))
          report(["validations", validation, name], `reads what the service writes, and ${unreadable}`);
  checkProcess(options, contents, report);
  checkPrivileges(options, report);
}

/** The options as they stand in a plan. */
export function resolveContainerOptions(options: ContainerOptions) {
  const { resources = {}, logging = {} } = options;
  return {
    ...resolveResources(resources),
    ...resolveLogging(logging),
    ...resolveProcess(options),
    ...resolveNames(options),
    ...resolvePrivileges(options),
    ...resolveImageOptions(options),
  };
}
