import * as pulumi from "@pulumi/pulumi";
import { PhasegateError, shownText } from "../core/errors.ts";

/**
 * Runs a program so that an error meant for people reaches them as its message and code alone: Pulumi prints
 * a stack trace for every other.
 */
export async function reported<T>(program: () => T | Promise<T>): Promise<T> {
  keepPlainStackTraces();
  try {
    return await program();
  } catch (error) {
    if (error instanceof PhasegateError) throw new pulumi.RunError(shownText(error));
    throw error;
  }
}

/**
 * Pulumi notes a stack trace for every promise of every resource, and its copy of ts-node translates each by source
 * maps. Node.js strips types in place, so that the positions are true as they are; the translation would take half of
 * a large program's time.
 */
function keepPlainStackTraces(): void {
  (Error as { prepareStackTrace: unknown }).prepareStackTrace = undefined;
}

/**
 * Registers resources without these stack traces, which say for which resource's sake a promise is waited for: its name is noted
 * beside them. A container has some 300 such promises. Where a resource was declared, Pulumi finds by a trace of its own.
 */
export function withoutStackTraces<T>(register: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return register();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
