import type { Duration } from "../core/duration.ts";
import { durationMs, isDuration } from "../core/duration.ts";
import type { ValidationLevel } from "./level.ts";
import type { DeclaredProbe, Probe } from "./probe.ts";
import type { ServiceKind } from "./service.ts";
import { kindFor } from "./probe-parts/shared-kinds.ts";

/** What a part has from the whole that it belongs to. */
interface Whole {
  readonly timeout: Duration;
  readonly level: ValidationLevel;
}

/**
 * Fills in what a declared probe leaves to defaults. A part takes the level of its whole, and the whole's
 * timeout where its own is not shorter; the whole writes if any of its parts does.
 * @param service the kind of the probed service: it decides what `sql` and its like are
 */
export function resolveProbe(declared: DeclaredProbe, service: ServiceKind = "postgres"): Probe {
  return resolve(declared, service, undefined);
}

function resolve(declared: DeclaredProbe, service: ServiceKind, whole: Whole | undefined): Probe {
  const timeout = timeoutWithin(declared.timeout ?? whole?.timeout ?? "5s", whole);
  const level = whole?.level ?? declared.level ?? "comprehensive";
  const { mutates = false, whenFailing } = declared;
  const consequence = whenFailing === undefined ? {} : { whenFailing };
  const part = (inner: DeclaredProbe) => resolve(inner, service, { timeout, level });
  if ("parts" in declared) {
    const parts = declared.parts.map(part);
    const writes = mutates || parts.some((inner) => inner.mutates);
    return { kind: declared.kind, parts, timeout, level, mutates: writes, ...consequence };
  }
  if ("part" in declared) {
    const inner = part(declared.part);
    const writes = mutates || inner.mutates;
    return { kind: "not", part: inner, timeout, level, mutates: writes, ...consequence };
  }
  // A kind that does not fit the service is reported with its place before.
  return { ...declared, kind: kindFor(declared.kind, service), timeout, level, mutates } as Probe;
}

function timeoutWithin(timeout: Duration, whole: Whole | undefined): Duration {
  // A malformed duration is reported with its path when the plan is checked.
  if (whole === undefined || !isDuration(timeout) || !isDuration(whole.timeout)) return timeout;
  return durationMs(timeout) < durationMs(whole.timeout) ? timeout : whole.timeout;
}
