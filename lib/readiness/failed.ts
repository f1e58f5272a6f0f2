import type { KeptPassword } from "../model/kept-passwords.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import type { ServiceFailure, ServiceStatus } from "../model/status.ts";
import type { Exit } from "./service-container.ts";

/** A service that was not proven, as far as advice depends on it. */
export interface Failed {
  readonly status: ServiceStatus;
  readonly spec: ReadinessSpec;
  readonly reason: ServiceFailure["reason"];
  readonly exit: Exit | undefined;
  /** The stack's name, for commands; undefined where it is not known. */
  readonly stack: string | undefined;
  readonly keptPasswords: readonly KeptPassword[];
}
