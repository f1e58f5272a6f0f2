/** Where what a container writes to its output is kept, and how much of it. */
import { z } from "zod";
import { exactObject, textThat, wholeNumber } from "../../core/schema-parts.ts";
import type { Size } from "../../core/size.ts";
import { sizeSchema, wholeMegabytes } from "../../core/size.ts";
import type { ReportWithin } from "./report-within.ts";

/** The drivers that keep files on the engine's machine, and turn them over. */
const fileDrivers = ["json-file", "local"] as const;
/** The drivers that hand the output to something else, or to nobody. */
const otherDrivers = [
  "journald",
  "syslog",
  "gelf",
  "fluentd",
  "awslogs",
  "gcplogs",
  "splunk",
  "logentries",
  "etwlogs",
  "none",
] as const;

/** Options of a driver by their own names, as the engine takes them: `{ "syslog-address": "udp://logs:514" }`. No secrets: whoever may ask the engine sees them. */
type DriverOptions = Readonly<Record<string, string>>;

/**
 * Where what a container writes is kept.
 * @example { maxSize: "50mb", maxFiles: 5 }
 * @example { driver: "syslog", options: { "syslog-address": "udp://logs:514" } }
 * @see https://docs.docker.com/engine/logging/configure/
 */
export type Logging =
  | {
      /** "json-file" keeps JSON, "local" a packed format of the engine's own. Default "json-file". */
      readonly driver?: (typeof fileDrivers)[number];
      /** The size at which a file is turned over, in whole megabytes. Default "10mb". */
      readonly maxSize?: Size;
      /** How many files are kept, the one that is written among them. Default 3. */
      readonly maxFiles?: number;
      readonly options?: DriverOptions;
    }
  | {
      /** "none" keeps nothing. */
      readonly driver: (typeof otherDrivers)[number];
      readonly options?: DriverOptions;
    };

/** What has its own option. */
const ownOptions: Readonly<Record<string, string>> = { "max-size": "maxSize", "max-file": "maxFiles" };

const drivers = [...fileDrivers, ...otherDrivers];
const optionsSchema = z
  .record(z.string().min(1), z.string({ error: "must be a text" }), { error: "must be an object of texts" })
  .optional();

/** Accepts what a service says of its logging; "engine" leaves it to the engine's own settings. */
export const declaredLoggingSchema = z.union(
  [
    z.literal("engine"),
    exactObject({
      driver: textThat(
        (driver) => drivers.some((one) => one === driver),
        `a driver of the engine's: ${drivers.join(", ")}`,
      ).optional(),
      maxSize: wholeMegabytes("1mb", "10mb").optional(),
      maxFiles: wholeNumber(1, 1000).optional(),
      options: optionsSchema,
    }),
  ],
  { error: 'must be an object such as { maxSize: "10mb", maxFiles: 3 }, or "engine"' },
);

/** Where a container's output is kept, in a plan. Absent: as the engine's own settings say. */
export const loggingPlanSchema = z.strictObject({
  driver: z.enum(drivers),
  maxSize: sizeSchema.optional(),
  maxFiles: z.int().min(1).optional(),
  options: z.record(z.string(), z.string()).optional(),
});
export type LoggingPlan = z.infer<typeof loggingPlanSchema>;

/** How much is kept where nobody says otherwise: the engine's own json-file driver would grow until the disk is full. */
export const loggingDefaults = { driver: "json-file", maxSize: "10mb", maxFiles: 3 } as const;

/** Reports what does not go together. */
export function checkLogging(logging: Logging | "engine", report: ReportWithin): void {
  if (logging === "engine") return;
  const { driver = loggingDefaults.driver, options = {} } = logging;
  if (!isFileDriver(driver))
    for (const key of ["maxSize", "maxFiles"])
      if (key in logging)
        report([key], `is of ${fileDrivers.join(" and ")}; the driver ${driver} has its own options`);
  for (const [option, own] of Object.entries(ownOptions))
    if (Object.hasOwn(options, option)) report(["options", option], `is what ${own} sets: say it there`);
}

/** Why the engine could not give back what a service writes; undefined where it can. A probe reads it there. */
export function unreadableLog(logging: Logging | "engine" | undefined): string | undefined {
  if (logging === undefined || logging === "engine") return undefined;
  if (logging.driver === "none") return 'logging.driver "none" keeps nothing';
  // Beside every other driver the engine keeps a copy of its own, from 20.10 on.
  if (!isFileDriver(logging.driver) && logging.options?.["cache-disabled"] === "true")
    return "logging.options.cache-disabled has the engine keep no copy";
  return undefined;
}

function isFileDriver(driver: string | undefined): boolean {
  return driver === undefined || fileDrivers.some((one) => one === driver);
}

export function resolveLogging(logging: Logging | "engine"): { logging: LoggingPlan } | undefined {
  if (logging === "engine") return undefined;
  const { driver = loggingDefaults.driver, ...rest } = logging;
  return { logging: { ...(isFileDriver(driver) && loggingDefaults), ...rest, driver } };
}
