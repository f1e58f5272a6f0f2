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
 * Pulumi notes a stack trace for every promise of every resource, and where it was not started by `start/quick-start.mjs`, it
 * translates each by source maps. Node.js strips types in place, so that the positions are true as they are; the translation would
 * take half of a large program's time.
 */
function keepPlainStackTraces(): void {
  (Error as { prepareStackTrace: unknown }).prepareStackTrace = undefined;
}

/**
 * Registers resources without the stack traces that Pulumi notes. Those of promises say for which resource's sake one is waited for: its
 * name is noted beside them, and a container has some 300 such promises. The one of each resource, for which Pulumi lifts the limit, is
 * written into the state, names files of this machine, and leads from phasegate's own code into phasegate's own code.
 * What Pulumi makes promises of later is the matter of `start/stand-ins/debuggable.mjs`.
 */
export function withoutStackTraces<T>(register: () => T): T {
  const { stackTraceLimit: limit, prepareStackTrace: prepare } = Error;
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = String;
  try {
    return register();
  } finally {
    Error.stackTraceLimit = limit;
    (Error as { prepareStackTrace: unknown }).prepareStackTrace = prepare;
  }
}
