import type { KeptPassword } from "../model/kept-passwords.ts";
import type { Expectation } from "../model/plan.ts";
import type { ServiceFailure, ServiceStory } from "../model/story.ts";
import type { Exit } from "./service-container.ts";

/** A service that was not proven, as far as advice depends on it. */
export interface Failed {
  readonly story: ServiceStory;
  readonly expectation: Expectation;
  readonly reason: ServiceFailure["reason"];
  readonly exit: Exit | undefined;
  /** The stack's name, for commands; undefined where it is not known. */
  readonly stack: string | undefined;
  readonly keptPasswords: readonly KeptPassword[];
}
