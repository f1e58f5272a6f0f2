/** What a probe written as code is made with. The declaration names its file: `custom("stacks/probes/queue-depth.ts")`. */
import type { Json } from "../core/json.ts";
import type { Endpoint } from "./endpoint.ts";

type Filled<E> = E extends Endpoint
  ? Omit<E, "password" | "tls"> & {
      readonly password?: string | undefined;
      readonly tls?: FilledTls | undefined;
    }
  : never;

/** How the service is spoken to in TLS, as `node:tls` takes it but for the names. */
export interface FilledTls {
  readonly ca?: string | undefined;
  readonly serverName?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly insecure?: true | undefined;
}

/** How a client logs in to the service, its password and the texts of its TLS filled in. */
export type FilledEndpoint = Filled<Endpoint>;

/** What one attempt of a custom probe is given. */
export interface CustomContext<W = Json | undefined> {
  /** Aborts when the attempt's timeout is over. To be handed to everything that waits; what has been started is to be ended then. */
  readonly signal: AbortSignal;
  /** The service's name on the stack's network. */
  readonly host: string;
  /** The service's port; undefined for a job. */
  readonly port: number | undefined;
  /** How a client logs in to the service; undefined for a job. */
  readonly endpoint: FilledEndpoint | undefined;
  /** The URL that clients of the service are configured with, as `urlOf()` gives it; undefined for a job. */
  readonly url: string | undefined;
  /** The options of the declaration's `custom(file, { with: ... })`, as they stand in the plan. */
  readonly with: W;
  /**
   * The value of one of the declaration's `custom(file, { secrets: ... })`.
   * @throws Error when the declaration gives no secret of this name: the outcome is "unknown" then
   */
  secret(name: string): string;
  /** Says which step is under way, to be read after "while" if the time is over: "counting the jobs". */
  step(name: string): void;
}

/** What a custom probe has found. Made by {@link passed} and {@link failed}. */
export type CustomFinding =
  { readonly passed: true } | { readonly passed: false; readonly text: string; readonly permanent: boolean };

/** A probe written as code; the default export of its file. Made by {@link probe}. */
export interface CustomProbe<W = Json | undefined> {
  readonly phasegate: "probe";
  readonly run: (context: CustomContext<W>) => Promise<CustomFinding>;
}

/**
 * Makes a probe of a function that runs one attempt. The function opens what it needs for itself, as a new client
 * would, and closes it. What it throws is taken for a defect of its own ("unknown"), and never counted
 * against the service: what the service does wrong is returned as {@link failed}. The module runs in a
 * thread of its own: code that computes without awaiting keeps its other attempts waiting, and is ended
 * when the attempt's time is over. docs/probes.md says what else its code may do.
 *
 * @typeParam W the shape of `with`; it is the declaration's word, and not checked
 * @example
 * export default probe<{ under: number }>(async ({ host, port, signal, with: { under } }) => {
 *   const response = await fetch(`http://${host}:${port}/queue`, { signal });
 *   const { depth } = (await response.json()) as { depth: number };
 *   return depth < under ? passed() : failed(`${depth} jobs wait, expected fewer than ${under}`);
 * });
 */
export function probe<W = Json | undefined>(
  run: (context: CustomContext<W>) => Promise<CustomFinding>,
): CustomProbe<W> {
  return { phasegate: "probe", run };
}

/** The service is as it should be. */
export function passed(): CustomFinding {
  return { passed: true };
}

/**
 * The service is not as it should be.
 * @param text why, in words that a person understands at 3 a.m., without any secret
 * @param permanent whether waiting will not heal it. Default false
 */
export function failed(
  text: string,
  { permanent = false }: { readonly permanent?: boolean } = {},
): CustomFinding {
  return { passed: false, text, permanent };
}
