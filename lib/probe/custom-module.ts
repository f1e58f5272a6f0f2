/** What an attempt of a custom probe and whatever runs its module have in common. The module runs elsewhere: all of this is plain data. */
import type { Json } from "../core/json.ts";
import type { FilledEndpoint } from "../model/custom-probe.ts";

/** What one attempt is given, its secrets filled in. */
export interface CustomInput {
  readonly host: string;
  readonly port: number | undefined;
  readonly endpoint: FilledEndpoint | undefined;
  readonly url: string | undefined;
  readonly with: Json | undefined;
  /** By the declaration's names: the value, or why there is none. */
  readonly secrets: Readonly<Record<string, CustomSecret>>;
}

export type CustomSecret = { readonly value: string } | { readonly missing: string };

/** How the module's function ended. */
export type CustomEnd =
  /** It returned something, which may be no finding. */
  | { readonly kind: "returned"; readonly found: unknown }
  /** The probe has a defect: the function threw, or its thread ended meanwhile. Nothing is known of the service. */
  | { readonly kind: "broken"; readonly text: string }
  /** The attempt was aborted, and the thread did not hear of it: something computes in it without awaiting. */
  | { readonly kind: "blocked"; readonly forMs: number };

/** A module that is ready to run. */
export interface LoadedModule {
  /** Runs its function once. Never rejects; once the signal has aborted it resolves within half a second or so, even where the function does not. */
  run(
    input: CustomInput,
    attempt: { readonly signal: AbortSignal; step(name: string): void },
  ): Promise<CustomEnd>;
}

/**
 * Loads a module by its path in the project, or gives the one that is loaded.
 * @throws Error when it cannot be loaded, or the signal aborts first
 */
export type LoadModule = (module: string, signal?: AbortSignal) => Promise<LoadedModule>;

/** How much of a text that a module hands over is taken, in characters. */
export const longestCustomText = 64 * 1024;

/** How much of a text that was cut off is not shown: longer than a secret that was cut in two, which nothing would recognise. */
const unsureEnd = 4 * 1024;

/** A text of a module, of which {@link longestCustomText} was taken, as it can be shown. */
export function shownBeginning(text: string, redact: (text: string) => string): string {
  const shown = redact(text);
  return text.length < longestCustomText ? shown : shown.slice(0, -unsureEnd);
}
