import type { Duration } from "../core/duration.ts";
import { toDuration } from "../core/duration.ts";
import { imageName } from "./images.ts";
import type { Kinded } from "./kinds.ts";
import type { Report } from "./note.ts";
import type { SecretList } from "./secret-list.ts";
import type { AskedProbe, ImportedHealthCheck } from "./translation.ts";

/** How a service is asked whether it is ready. */
export interface Asked {
  /** What the gate asks. Absent for a job, which has to complete. */
  readonly probe: AskedProbe | undefined;
  /** How long an attempt of the probe may take, where the compose file says so. */
  readonly timeout: Duration | undefined;
  /** What the engine goes on asking, where the probe does not ask the same. */
  readonly healthcheck: ImportedHealthCheck | undefined;
}

/** Makes a probe of a health check, as far as it is one that is known; the others stay with the engine. */
export function askedOf(service: Kinded, secrets: SecretList, note: Report): Asked {
  const { name, kind, port, check } = service;
  const place = `services.${name}.healthcheck`;
  if (kind === "job") return { probe: undefined, timeout: undefined, healthcheck: undefined };
  // What the probe would have to say may be a secret: a token in a path.
  const known = check?.probe && !secrets.isIn(JSON.stringify(check.probe)) ? check.probe : undefined;
  if (kind === "postgres" || kind === "redis" || kind === "clickhouse") {
    if (check !== undefined && known === undefined)
      note("check", place, "what it asks is not known: the gate asks whether the database answers");
    return {
      probe: fits(known, kind) ? known : usualProbes[kind],
      timeout: known && timeoutOf(service),
      healthcheck: clientOf(service),
    };
  }
  if (known?.kind === "http" && kind === "httpService" && known.port === port) {
    note(
      "check",
      place,
      `${known.accepts}; here 200 passes: list others in "status", or ask for a part of the answer in "json"`,
    );
    return { probe: known, timeout: timeoutOf(service), healthcheck: undefined };
  }
  if (known?.kind === "tcp") return { probe: known, timeout: timeoutOf(service), healthcheck: undefined };

  const probe: AskedProbe = port === undefined ? { kind: "running" } : { kind: "tcp", port };
  const little = `the gate asks no more than ${probe.kind === "running" ? "whether it stays up" : "whether its port is open"}`;
  if (check === undefined)
    note("check", `services.${name}`, `has no health check: ${little}, which proves little`);
  else if (secrets.isIn(check.command))
    note("lost", place, `holds a secret: it is asked no more, and ${little}`);
  else {
    note("check", place, `what it asks is not known: the engine goes on asking it, and ${little}`);
    return { probe, timeout: undefined, healthcheck: engineCheck(service, check.command) };
  }
  return { probe, timeout: undefined, healthcheck: undefined };
}

const usualProbes = {
  postgres: { kind: "sql", statement: "SELECT 1" },
  redis: { kind: "ping" },
  clickhouse: { kind: "query", statement: "SELECT 1" },
} as const satisfies Record<string, AskedProbe>;

function fits(probe: AskedProbe | undefined, kind: keyof typeof usualProbes): probe is AskedProbe {
  return probe !== undefined && probe.kind === usualProbes[kind].kind;
}

/** Valkey's image has a client of another name than the one that redis() asks the engine to run. */
function clientOf({ kind, service }: Kinded): ImportedHealthCheck | undefined {
  return kind === "redis" && imageName(service.image ?? "") === "valkey/valkey"
    ? { command: ["CMD-SHELL", "valkey-cli ping | grep -q PONG"] }
    : undefined;
}

function engineCheck({ service }: Kinded, command: readonly string[]): ImportedHealthCheck {
  // Where the file says nothing, Docker's own defaults: phasegate's are shorter.
  const {
    interval = 30_000,
    timeout = 30_000,
    retries = 3,
    start_period: start = 0,
  } = service.healthcheck ?? {};
  return {
    command,
    interval: toDuration(interval),
    timeout: toDuration(timeout),
    // What a plan takes.
    retries: Math.min(100, Math.max(1, retries)),
    ...(start > 0 && { startPeriod: toDuration(start) }),
  };
}

/** Undefined where it is phasegate's own default, or not said. */
function timeoutOf({ service }: Kinded): Duration | undefined {
  const ms = service.healthcheck?.timeout;
  return ms === undefined || ms === 5000 || ms <= 0 ? undefined : toDuration(ms);
}
