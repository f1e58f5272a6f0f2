import { reasonOf } from "./failure-reason.ts";

/**
 * Asks the real thing, now. Resolves with details worth showing (never a secret), rejects when it does
 * not work.
 */
export type HealthCheck = () => Promise<Readonly<Record<string, unknown>>>;
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

export interface Health {
  readonly ready: boolean;
  /** How long the check took. */
  readonly ms: number;
  readonly reason?: string;
  readonly [detail: string]: unknown;
}

/** Longer than the clients' own timeouts, which know better what they waited for. */
const checkTimeoutMs = 4_000;

/** Runs one check. A check that hangs is a check that failed. */
export async function runCheck(check: HealthCheck): Promise<Health> {
  const startedMs = performance.now();
  const elapsedMs = () => Math.round((performance.now() - startedMs) * 10) / 10;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkTimeoutMs}ms`)), checkTimeoutMs);
  });
  try {
    const details = await Promise.race([check(), timeout]);
    return { ready: true, ms: elapsedMs(), ...details };
  } catch (error) {
    return { ready: false, ms: elapsedMs(), reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs all checks at once. */
export async function runChecks(checks: HealthChecks): Promise<Readonly<Record<string, Health>>> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check)] as const),
  );
  return Object.fromEntries(results);
}

/** The reasons of all checks that failed in one line, or undefined when none did. */
export function reasonsOf(results: Readonly<Record<string, Health>>): string | undefined {
  const reasons = Object.entries(results).flatMap(([name, { ready, reason }]) =>
    ready ? [] : [`${name}: ${reason ?? "not ready"}`],
  );
  return reasons.length === 0 ? undefined : reasons.join("; ");
}
