import type * as docker from "@pulumi/docker";
import { sizeBytes } from "../../core/size.ts";
import type { LoggingPlan } from "../../model/container/logging.ts";

/** Where what it writes is kept. */
export function loggingArgs({
  logging,
}: {
  readonly logging?: LoggingPlan | undefined;
}): Pick<docker.ContainerArgs, "logDriver" | "logOpts"> {
  if (logging === undefined) return {};
  const { driver, maxSize, maxFiles, options } = logging;
  const logOpts = {
    // In bytes: the drivers do not agree what a megabyte is.
    ...(maxSize !== undefined && { "max-size": String(sizeBytes(maxSize)) }),
    ...(maxFiles !== undefined && { "max-file": String(maxFiles) }),
    ...options,
  };
  return { logDriver: driver, ...(Object.keys(logOpts).length > 0 && { logOpts }) };
}
