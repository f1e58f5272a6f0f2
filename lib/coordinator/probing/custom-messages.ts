/** What the thread of a custom probe's module and its host say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { CustomInput } from "../../probe/custom-module.ts";

/** What a thread is started with. */
export interface ThreadData {
  /** What the two speak through. The thread's usual port is the module's to misuse. */
  readonly port: MessagePort;
  /** The module's path in the project, for messages. */
  readonly module: string;
  /** Where it is loaded from. */
  readonly url: string;
  /** Holds one number: when the thread's event loop was last seen to turn, in milliseconds since the epoch. It is kept while attempts are under way. */
  readonly turned: SharedArrayBuffer;
}

/** The host's words. An attempt has a number of its own. */
export type ToThread =
  | { readonly say: "run"; readonly id: number; readonly input: CustomInput }
  | { readonly say: "abort"; readonly id: number };

/** The thread's words about one attempt. Texts are as the module wrote them, cut to a bounded length. */
export type AboutAttempt =
  | { readonly say: "step"; readonly id: number; readonly step: string }
  /** The thread has heard that the attempt is aborted; its function may not have ended yet. */
  | { readonly say: "aborted"; readonly id: number }
  | { readonly say: "returned"; readonly id: number; readonly found: unknown }
  | { readonly say: "threw"; readonly id: number; readonly text: string };

/** Where a module prints to. */
export type PrintedOn = "stdout" | "stderr";

/** The thread's words. */
export type FromThread =
  | AboutAttempt
  | { readonly say: "printed"; readonly on: PrintedOn; readonly line: string }
  | { readonly say: "loaded" }
  | { readonly say: "unloadable"; readonly text: string }
  /** What nothing catches ends the thread. */
  | { readonly say: "crashed"; readonly how: "exception" | "rejection"; readonly text: string };
