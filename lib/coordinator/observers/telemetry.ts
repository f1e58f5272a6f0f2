import { errorText } from "../../core/errors.ts";
import type { DesiredStore } from "../../desired/desired-store.ts";
import { engineName } from "../../model/plan.ts";
import { hashOf } from "../../model/spec-hash.ts";
import type { Telemetry } from "../../model/telemetry.ts";
import { telemetrySchema } from "../../model/telemetry.ts";
import type { Log } from "../log.ts";
import type { Redaction } from "../redaction.ts";
import type { Observer } from "./observer.ts";

/** What observers are given of who watches the stack. */
export interface Settings extends Partial<Telemetry> {
  readonly stack: string | undefined;
  /** The values of the secrets that alerting and metrics name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a stack is called where those of several declarations are watched: as its containers are, "shop-dev". */
export function watchedName({ declaration, stack = "" }: Settings): string {
  return declaration === undefined ? stack : engineName({ name: declaration, stack });
}

/** An observer that works by what an `up` has said of alerts, metrics and traces. */
export interface ConfiguredObserver extends Observer {
  /** Takes other settings, at once. It is called once before anything happens. */
  configure(settings: Settings): void;
}

/** What the coordinator knows of who watches the stack. */
export interface TelemetrySettings {
  /** Keeps it, and says it to all who go by it. */
  apply(telemetry: Telemetry, secrets: Readonly<Record<string, string>>): void;
  /** Identifies what was applied; undefined where it is not known, or its secrets are missing. */
  hash(): string | undefined;
}

export interface TelemetryDependencies {
  readonly desired: Pick<DesiredStore, "telemetry" | "keepTelemetry">;
  readonly observers: readonly Pick<ConfiguredObserver, "configure">[];
  readonly stack: string | undefined;
  readonly redaction: Redaction;
  readonly log: Log;
}

/** Goes on with what was kept, and takes what an `up` applies. */
export function telemetrySettings({
  desired,
  observers,
  stack,
  redaction,
  log,
}: TelemetryDependencies): TelemetrySettings {
  const configure = (settings: Omit<Settings, "stack">) => {
    redaction.learn(settings.secrets);
    for (const observer of observers)
      try {
        observer.configure({ ...settings, stack });
      } catch (error) {
        log("not-configured", { error: redaction.redact(errorText(error)) });
      }
  };

  const kept = desired.telemetry();
  const parsed = telemetrySchema.safeParse(kept?.telemetry);
  const isSealed = kept?.secrets === "sealed";
  let hash = parsed.success && !isSealed ? hashOf(parsed.data) : undefined;
  if (kept !== undefined && !parsed.success) log("telemetry-not-resumed");
  if (!parsed.success) configure({ secrets: {} });
  else if (kept !== undefined && kept.secrets !== "sealed")
    configure({ ...parsed.data, secrets: kept.secrets });
  // Without their secrets nobody can be alerted, and the metrics are not given to everybody.
  else configure({ ...parsed.data, alerting: undefined, metrics: undefined, secrets: {} });

  return {
    apply: (telemetry, secrets) => {
      desired.keepTelemetry(telemetry, secrets);
      hash = hashOf(telemetry);
      configure({ ...telemetry, secrets });
    },
    hash: () => hash,
  };
}
