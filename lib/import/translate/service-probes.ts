import type { Duration } from "../../core/duration.ts";
import { toDuration } from "../../core/duration.ts";
import type { ReadHealthCheck } from "./health-check.ts";
import { imageName } from "./images.ts";
import type { Kinded } from "./kinds.ts";
import type { Report } from "../read/note.ts";
import type { ComposeService } from "../read/service-schema.ts";
import type { SecretList } from "./secret-list.ts";
import type { GateProbe, ImportedHealthCheck } from "./translation.ts";

/** The probes and the health check of a service. */
export interface ServiceProbes {
  /** What the gate asks. Nothing of a job, which has to complete. */
  readonly probes: readonly GateProbe[];
  /** What the engine asks, where it is not what the kind of service has it ask. */
  readonly healthcheck: ImportedHealthCheck | undefined;
}

/** Makes probes of a health check: one that speaks the service's protocol where it can be recognised, else the command itself. */
export function serviceProbes(service: Kinded, secrets: SecretList, note: Report): ServiceProbes {
  const { name, kind, port, check } = service;
  const place = `services.${name}.healthcheck`;
  if (kind === "job") return { probes: [], healthcheck: undefined };
  // What the probe would have to say may be a secret: a token in a path.
  const known = check?.probe && !secrets.isIn(JSON.stringify(check.probe)) ? check.probe : undefined;
  if (kind !== "httpService" && kind !== "service") {
    const usual = usualProbes[kind];
    return {
      healthcheck: clientOf(service),
      probes: known?.kind === usual.kind ? [{ ...known, ...timeoutOf(service) }] : [usual, ...commandOf()],
    };
  }
  if (known?.kind === "http" && kind === "httpService" && known.port === port)
    note(
      "check",
      place,
      `${known.accepts}; here 200 passes: list others in "status", or ask for a part of the answer in "json"`,
    );
  const speaks =
    (known?.kind === "tcp" && service.image.probe === undefined) ||
    known?.kind === "grpc" ||
    (known?.kind === "http" && known.port === port);
  if (known !== undefined && speaks && !(known.kind === "http" && kind !== "httpService"))
    return { healthcheck: undefined, probes: [{ ...known, ...timeoutOf(service) }] };

  const command = commandOf();
  const speaksIts = service.image.probe === "memcached" && service.image.port === port;
  const listens: GateProbe[] = port === undefined ? [] : [{ kind: speaksIts ? "memcached" : "tcp", port }];
  if (speaksIts) return { healthcheck: undefined, probes: [...command, ...listens] };
  if (command.length > 0) return { healthcheck: undefined, probes: [...command, ...listens] };
  const little = `the gate asks no more than ${port === undefined ? "whether it stays up" : "whether its port is open"}, which proves little`;
  if (service.service.healthcheck === undefined)
    note("check", `services.${name}`, `has no health check: ${little}`);
  else if (check === undefined && !isSwitchedOff(service.service))
    note(
      "check",
      place,
      `says nothing of what is asked, which is the image's own check under compose: ${little}`,
    );
  else note("check", place, little);
  return { healthcheck: undefined, probes: port === undefined ? [{ kind: "running" }] : listens };

  /** The check's own command, run by the gate. */
  function commandOf(): GateProbe[] {
    if (check === undefined) return [];
    if (!secrets.isIn(check.command))
      return [{ kind: "exec", command: executed(check), timeout: "30s", ...timeoutOf(service) }];
    note("lost", place, "holds a secret: it is no longer probed");
    return [];
  }
}

const usualProbes = {
  postgres: { kind: "sql", statement: "SELECT 1" },
  mysql: { kind: "sql", statement: "SELECT 1" },
  mongodb: { kind: "ping" },
  redis: { kind: "ping" },
  clickhouse: { kind: "query", statement: "SELECT 1" },
  rabbitmq: { kind: "amqp" },
  kafka: { kind: "brokers" },
} as const satisfies Record<string, GateProbe>;

/** The command as the engine would run it. */
function executed({ command: [how, ...words] }: ReadHealthCheck): readonly string[] {
  return how === "CMD-SHELL" ? ["/bin/sh", "-c", words.join(" ")] : words;
}

/** Some images have a client of another name than the one that the kind of service asks the engine to run. */
function clientOf({ kind, service: { image = "" } }: Kinded): ImportedHealthCheck | undefined {
  if (kind === "redis" && imageName(image) === "valkey/valkey")
    return { command: ["CMD-SHELL", "valkey-cli ping | grep -q PONG"] };
  if (kind === "mongodb" && /:[34](?:\.|-|$)/.test(image))
    return { command: ["CMD", "mongo", "--quiet", "--eval", "quit(db.adminCommand('ping').ok ? 0 : 1)"] };
  return undefined;
}

/** Whether the file says that there is to be no check, the image's own included. */
export function isSwitchedOff({ healthcheck }: ComposeService): boolean {
  return healthcheck?.disable === true || healthcheck?.test?.[0] === "NONE";
}

/** How long an attempt may take, where the file says so and phasegate's own default is another. */
function timeoutOf({ service }: Kinded): { readonly timeout?: Duration } {
  const ms = service.healthcheck?.timeout;
  return ms === undefined || ms <= 0 ? {} : { timeout: toDuration(ms) };
}
