import * as pulumi from "@pulumi/pulumi";
import { PhasegateError, shownText } from "../core/errors.ts";

/**
 * Runs a program so that an error meant for people reaches them as its message and code alone: Pulumi prints
 * a stack trace for every other.
 */
export async function reported<T>(program: () => T | Promise<T>): Promise<T> {
  try {
    return await program();
  } catch (error) {
    if (error instanceof PhasegateError) throw new pulumi.RunError(shownText(error));
    throw error;
  }
}
