/**
 * What a service says of its container, besides the image and what goes into it: one file a subject, composed here.
 * Each holds the option's type, the schema of what is declared and of what is planned, and how the one becomes the other.
 */
import { z } from "zod";
import type { ReportWithin } from "./report-within.ts";
import type { Resources } from "./resources.ts";
import {
  checkResources,
  declaredResourcesSchema,
  resolveResources,
  resourcesPlanSchema,
} from "./resources.ts";

/** What every service may say of its container. */
export interface ContainerOptions {
  /** What it may use of the engine's machine: `{ memory: "512mb" }`. Default: all that there is. */
  readonly resources?: Resources;
}

/** Accepts the options as they are declared. */
export const containerOptionSchemas = {
  resources: declaredResourcesSchema.optional(),
};

/** The options in a plan. What is absent is the engine's or the image's own. */
export const containerPlanSchemas = {
  resources: resourcesPlanSchema.optional(),
};

const wellFormed = z.object(containerOptionSchemas);

/** Reports what does not go together in the options of a service. What is malformed has been reported, and is not judged further. */
export function checkContainerOptions(service: ContainerOptions, report: ReportWithin): void {
  if (!wellFormed.safeParse(service).success) return;
  const within =
    (option: keyof ContainerOptions): ReportWithin =>
    (path, message) =>
      report([option, ...path], message);
  if (service.resources) checkResources(service.resources, within("resources"));
}

/** The options as they stand in a plan. */
export function resolveContainerOptions({ resources = {} }: ContainerOptions) {
  return { ...resolveResources(resources) };
}
