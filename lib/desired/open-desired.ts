import { isDeepStrictEqual } from "node:util";
import { errorText } from "../core/errors.ts";
import { openReadOnly } from "../history/open-database.ts";
import type { UsableDatabase } from "../history/usable-database.ts";
import type { Say } from "../history/writing.ts";
import { upCommand } from "../model/stack-command.ts";
import type { DesiredRow, DesiredRows } from "./desired-rows.ts";
import { readRows, rowWriter } from "./desired-rows.ts";
import type { DesiredStore, Facts, KeptSecrets, KeptTelemetry } from "./desired-store.ts";
import { problemTexts } from "./problem-texts.ts";
import { retriedWrites } from "./retried-writes.ts";
import type { SecretSealing } from "./secret-sealing.ts";
import { secretSealing } from "./secret-sealing.ts";

export interface DesiredOptions {
  /** The key of the seal, as `sealWith` takes it. Undefined: secrets are in memory only. */
  readonly key: string | undefined;
  /** The stack's name, for the commands that messages suggest. */
  readonly stack: string | undefined;
  readonly say: Say;
}

/** A service's row, and what is known of it beyond that. */
interface Held extends DesiredRow {
  readonly known: KeptSecrets;
  /** Why its secrets are missing. */
  readonly why: string | undefined;
}

/**
 * The desired state in the coordinator's database. Where that cannot be written it is in memory, with what can be read
 * of it. Never throws.
 */
export function openDesired(opened: UsableDatabase, { key, stack, say }: DesiredOptions): DesiredStore {
  const sealing = secretSealing(key);
  const found = foundIn(opened);
  const { services, unreadable } = heldOf(found.rows, sealing);
  const facts = new Map([...found.rows.facts].filter(([, json]) => isJson(json)));
  const writes = opened.database && retriedWrites(opened.database, say);
  const rows = opened.database && rowWriter(opened.database);
  let lost = found.lost;
  /** Whether the disk was not waited for with a service. Waiting for what is written next is waiting for that, too. */
  let unsettled = false;

  const writeService = (service: string, durable = true) => {
    unsettled = !durable;
    writes?.write({
      subject: service,
      work: () => rows?.service(service, services.get(service)),
      durable,
    });
  };

  const store: DesiredStore = {
    load: () =>
      [...services].map(([service, { record, known }]) => ({
        service,
        record: JSON.parse(record) as unknown,
        secrets: known,
      })),
    keep: (service, record, secrets, waits = true) => {
      const before = services.get(service);
      const after = { ...heldSecrets(service, secrets, before, sealing), record: JSON.stringify(record) };
      const isThere = writes?.isBehind(service) !== true && !(waits && unsettled);
      if (isThere && isDeepStrictEqual(before, after)) return;
      services.set(service, after);
      unreadable.delete(service);
      // Where nothing was known, what is kept comes from an `up`.
      lost = undefined;
      writeService(service, waits);
    },
    forget: (service) => {
      const wasKept = services.delete(service);
      const wasUnreadable = unreadable.delete(service);
      if (wasKept || wasUnreadable) writeService(service);
    },
    fact: (name) => {
      const json = facts.get(name);
      return json === undefined ? undefined : (JSON.parse(json) as Facts[typeof name]);
    },
    setFact: (name, value) => {
      const json = value === undefined ? undefined : JSON.stringify(value);
      const subject = `${factPrefix}${name}`;
      if (facts.get(name) === json && writes?.isBehind(subject) !== true) return;
      if (json === undefined) facts.delete(name);
      else facts.set(name, json);
      // A heartbeat is written every few seconds, and worth little by itself.
      const durable = name !== "lastAliveMs" || unsettled;
      if (durable) unsettled = false;
      writes?.write({ subject, work: () => rows?.fact(name, facts.get(name)), durable });
    },
    telemetry: () => keptTelemetry?.kept,
    keepTelemetry: (telemetry, secrets) => {
      const sealed = sealing.sealed(telemetrySubject, secrets);
      keptTelemetry = { kept: { telemetry, secrets }, why: undefined };
      const fact = { telemetry, ...(sealed && { secrets: Buffer.from(sealed).toString("base64") }) };
      store.setFact("telemetry", fact);
    },
    problems: () => {
      const behind = writes?.behind();
      return problemTexts(
        {
          memoryOnly: opened.database ? undefined : { why: opened.why, wasRead: found.wasRead },
          lost,
          unreadable: [...unreadable],
          behind: behind && {
            why: behind.why,
            services: behind.subjects.filter((subject) => !subject.startsWith(factPrefix)),
          },
          secrets: [
            ...[...services].map(([service, { known, why }]) => ({ service, known, why })),
            ...(keptTelemetry
              ? [{ service: telemetrySubject, known: keptTelemetry.kept.secrets, why: keptTelemetry.why }]
              : []),
          ],
          keyProblem: sealing.keyProblem,
        },
        upCommand(stack),
      );
    },
  };
  let keptTelemetry = openedTelemetry(store.fact("telemetry"), sealing);
  return store;
}

/** What the secrets of alerts and metrics are sealed for, and what messages call them by. */
const telemetrySubject = "alerting and metrics";

interface OpenedTelemetry {
  readonly kept: KeptTelemetry;
  /** Why its secrets are missing. */
  readonly why: string | undefined;
}

function openedTelemetry(
  fact: Facts["telemetry"] | undefined,
  { opened }: SecretSealing,
): OpenedTelemetry | undefined {
  if (fact === undefined) return undefined;
  const sealed = fact.secrets === undefined ? undefined : Buffer.from(fact.secrets, "base64");
  const { secrets, why } = opened(telemetrySubject, sealed);
  return { kept: { telemetry: fact.telemetry, secrets }, why };
}

/** No service has a blank in its name. */
const factPrefix = "fact ";

interface Found {
  readonly rows: DesiredRows;
  /** Whether what was kept before could be read. */
  readonly wasRead: boolean;
  /** Why nothing is there that should be. */
  readonly lost: string | undefined;
}

function foundIn(opened: UsableDatabase): Found {
  try {
    if (opened.database === undefined)
      return { rows: rowsWithoutWriting(opened.file), wasRead: true, lost: undefined };
    const { setAside } = opened;
    const lost =
      setAside && !setAside.desiredTakenOver
        ? `its file was damaged, and is now ${setAside.file}`
        : undefined;
    return { rows: readRows(opened.database), wasRead: true, lost };
  } catch (error) {
    const lost = opened.database && `it cannot be read: ${errorText(error)}`;
    return { rows: { services: new Map(), facts: new Map() }, wasRead: false, lost };
  }
}

function rowsWithoutWriting(file: string): DesiredRows {
  const database = openReadOnly(file);
  try {
    return readRows(database);
  } finally {
    database.close();
  }
}

function heldOf(
  rows: DesiredRows,
  { opened }: SecretSealing,
): { readonly services: Map<string, Held>; readonly unreadable: Set<string> } {
  const services = new Map<string, Held>();
  const unreadable = new Set<string>();
  for (const [service, row] of rows.services) {
    const { secrets: known, why } = opened(service, row.secrets);
    if (isJson(row.record)) services.set(service, { ...row, known, why });
    else unreadable.add(service);
  }
  return { services, unreadable };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is held of a service's secrets. They are sealed when they change, and not before. */
function heldSecrets(
  service: string,
  secrets: KeptSecrets,
  before: Held | undefined,
  { sealed, opened }: SecretSealing,
): Omit<Held, "record"> {
  if (before && (secrets === "sealed" || isDeepStrictEqual(before.known, secrets)))
    return { known: before.known, why: before.why, secrets: before.secrets };
  if (secrets !== "sealed") return { known: secrets, why: undefined, secrets: sealed(service, secrets) };
  const none = new Uint8Array();
  const { secrets: known, why } = opened(service, none);
  return { known, why, secrets: none };
}
