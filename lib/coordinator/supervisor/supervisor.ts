import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../core/clock.ts";
import { PhasegateError } from "../../core/errors.ts";
import { upCommand } from "../../model/stack-command.ts";
import type { Changes } from "../../readiness/changes.ts";
import { changes } from "../../readiness/changes.ts";
import type { Sighting } from "../../readiness/service-container.ts";
import { added } from "../../supervision/applied.ts";
import type { Circumstances } from "../../supervision/cascade-plan.ts";
import { decisions, matters, neededGenerations } from "../../supervision/decisions.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";
import { waitsForRelease } from "../../supervision/holding.ts";
import type { ServiceEvent } from "../../supervision/service-event.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
import type { KeptSecrets } from "../../desired/desired-store.ts";
import type { Log } from "../log.ts";
import { waitingProbes } from "../probing/waiting-probes.ts";
import type { ServiceDependencies, SupervisedService } from "./supervised-service.ts";
import { supervisedService } from "./supervised-service.ts";

/** What an `up` applies of a service. */
export interface Application {
  readonly desired: DesiredService;
  readonly secrets: Readonly<Record<string, string>>;
  /** The services because of which it is to be restarted. */
  readonly restartFor: readonly string[];
  /** Whether its workload was there before. */
  readonly again: boolean;
  /** Whether a workload that has never run is started when what it needs is ready. */
  readonly waitsForNeeds?: boolean | undefined;
}

/** Decides across services: who waits for whom, what is restarted in which order. Each service has one actor, which alone changes it. */
export interface Supervisor {
  /** Any service has changed. */
  readonly changed: Changes;
  apply(application: Application): void;
  /** Brings back a service that was kept on the disk. */
  resume(record: ServiceRecord, secrets: KeptSecrets): void;
  /** Forgets these services, and says which of them it had known. */
  forget(names: readonly string[]): string[];
  /** @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN */
  service(name: string): SupervisedService;
  find(name: string): SupervisedService | undefined;
  records(): ReadonlyMap<string, ServiceRecord>;
  /** Looks at a workload now. @throws PhasegateError when the platform does not answer */
  look(workload: string): Promise<void>;
  /** A workload has been looked at. */
  seen(workload: string, sighting: Exclude<Sighting, "unseen">, look: number): void;
  /** Something that a probe of a workload waits for has come: those that do not pass are tried. */
  tryNow(workload: string): void;
  /** Somebody has ordered something of a workload. */
  ordered(workload: string): void;
  /** An `up` is connected until the returned function is called. */
  deploy(): () => void;
  deploying(): boolean;
  /** A command will come to this service: until the returned function is called it, and what depends on it, follows nothing. */
  reserve(service: string): () => void;
  /** Whether the stack is left alone while somebody works on it. */
  hold(held: boolean): void;
  held(): boolean;
  /** Whether all services that were kept on the disk have been looked at since the coordinator was started. */
  awake(): boolean;
  close(): void;
}

export interface SupervisorDependencies extends Omit<
  ServiceDependencies,
  "onChange" | "waits" | "waitingProbes"
> {
  readonly clock: Clock;
  readonly log: Log;
  /** The stack's name, for the commands that messages suggest; undefined where it is not known. */
  readonly stack: string | undefined;
  /** A service is another than before; `records` has all of them as they are now. */
  readonly onChange: (
    before: ServiceRecord | undefined,
    after: ServiceRecord,
    records: ReadonlyMap<string, ServiceRecord>,
  ) => void;
  readonly follow: (workload: string) => void;
  readonly unfollow: (workload: string) => void;
  readonly drop: (service: string) => void;
}

/** How long services that were kept on the disk are waited for to be seen, before anything is begun without them. */
const resumeWithinMs = 30_000;

/** Far more rounds than any chain of dependents needs: a rule that undoes another one does not stop the coordinator. */
const mostRounds = 10_000;

export function supervisor(dependencies: SupervisorDependencies): Supervisor {
  const { clock, log, stack, redaction, onChange, follow, unfollow, drop } = dependencies;
  const services = new Map<string, SupervisedService>();
  const records = new Map<string, ServiceRecord>();
  const changed = changes();
  const closed = new AbortController();
  let deployments = 0;
  let reservations: readonly { readonly service: string }[] = [];
  let held = false;
  let resumedMs: number | undefined;
  let deciding = false;
  let again = false;
  let scheduled = false;

  const own: ServiceDependencies = {
    ...dependencies,
    waitingProbes: waitingProbes(),
    waits: (record) => waitsForRelease(record, { held, deploying: deployments > 0 }),
    onChange: (before, after) => {
      const { service } = after.desired;
      records.set(service, after);
      onChange(before, after, records);
      // Before those who wait for a change look: what is decided may be that it is not ready after all.
      if (matters(before, after)) decideSoon();
      changed.notify();
    },
  };

  const add = (record: ServiceRecord, secrets: SupervisedService["secrets"]) => {
    const { service, workload } = record.desired;
    if (secrets !== "sealed") redaction.learn(secrets);
    records.set(service, record);
    services.set(service, supervisedService(record, secrets, own));
    onChange(undefined, record, records);
    follow(workload);
    changed.notify();
  };

  /** Whether all that was kept on the disk has been looked at, or for so long that it is not waited for. */
  const isAwake = () =>
    resumedMs === undefined ||
    clock.now() >= resumedMs + resumeWithinMs ||
    [...records.values()].every(({ resumed }) => !resumed);

  const circumstances = (): Circumstances => ({
    deploying: deployments > 0,
    reserved: new Set(reservations.map(({ service }) => service)),
    ...{ held, awake: isAwake() },
  });

  /** Decides when the event that is being handled has been: a service takes nothing in the middle of one. */
  function decideSoon(): void {
    again = true;
    if (deciding || scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      decide();
    });
  }

  function decide(): void {
    again = true;
    if (deciding) return;
    deciding = true;
    try {
      for (let n = 0; again && !closed.signal.aborted; n++) {
        again = false;
        if (n < mostRounds) decideOnce();
        else log("defect", { error: "the decisions of the supervisor do not come to an end" });
      }
    } finally {
      deciding = false;
    }
  }

  function decideOnce(): void {
    for (const { service, event } of decisions(records, circumstances())) {
      if (event.type === "begin") log(`begin-${event.action}`, { service, because: event.cause.text });
      services.get(service)?.actor.send(event);
    }
  }

  /** What is decided in other circumstances than before. */
  const reconsider = () => {
    for (const { actor } of services.values()) actor.rearm();
    decide();
  };

  const send = (workload: string, event: ServiceEvent) => {
    for (const [service, { desired }] of records)
      if (desired.workload === workload) services.get(service)?.actor.send(event);
  };

  return {
    changed,
    apply: ({ desired, secrets, restartFor, again: wasThere, waitsForNeeds }) => {
      const { service, workload, needs } = desired;
      redaction.learn(secrets);
      const known = services.get(service);
      const needed = neededGenerations(records, needs);
      log("applied", { service, phase: desired.phase, workload, generation: desired.generation });
      if (known === undefined) {
        const how = { isNew: !wasThere, restartFor, waitsForNeeds };
        add(added(desired, needed, clock.now(), how), secrets);
        return decide();
      }
      const before = known.actor.record().desired;
      // A failure with other secrets says nothing about these.
      if (!isDeepStrictEqual(known.secrets, secrets)) known.actor.send({ type: "reported" });
      known.secrets = secrets;
      if (before.workload !== workload) {
        unfollow(before.workload);
        follow(workload);
      }
      known.actor.send({ type: "applied", desired, restartFor, again: wasThere, waitsForNeeds, needed });
      decide();
    },
    resume: (record, secrets) => {
      resumedMs ??= clock.now();
      add(record, secrets);
      if (resumedMs === clock.now())
        void clock.sleep(resumeWithinMs, closed.signal).then(() => closed.signal.aborted || decide());
    },
    forget: (names) =>
      names.flatMap((name) => {
        const known = services.get(name);
        if (known === undefined) return [];
        known.actor.close();
        unfollow(known.actor.record().desired.workload);
        services.delete(name);
        records.delete(name);
        drop(name);
        log("forgotten", { service: name });
        changed.notify();
        decide();
        return [name];
      }),
    service: (name) => {
      const known = services.get(name);
      if (known === undefined)
        throw new PhasegateError(
          "PHASEGATE_SERVICE_UNKNOWN",
          `the coordinator does not know ${name}. Run ${upCommand(stack)} first.`,
        );
      return known;
    },
    find: (name) => services.get(name),
    records: () => records,
    look: async (workload) => void (await dependencies.look(workload, closed.signal)),
    seen: (workload, sighting, look) => send(workload, { type: "seen", seen: sighting, look }),
    tryNow: (workload) => {
      for (const [service, { desired }] of records)
        if (desired.workload === workload) services.get(service)?.probing.tryNow();
    },
    ordered: (workload) => send(workload, { type: "ordered" }),
    deploy: () => {
      deployments++;
      reconsider();
      return once(() => {
        deployments--;
        reconsider();
      });
    },
    deploying: () => deployments > 0,
    reserve: (service) => {
      const own = { service };
      reservations = [...reservations, own];
      return once(() => {
        reservations = reservations.filter((other) => other !== own);
        decide();
      });
    },
    hold: (now) => {
      held = now;
      reconsider();
      changed.notify();
    },
    held: () => held,
    awake: isAwake,
    close: () => {
      closed.abort();
      for (const { actor } of services.values()) actor.close();
    },
  };
}

/** The function, which does nothing when it is called again. */
function once(work: () => void): () => void {
  let over = false;
  return () => {
    if (over) return;
    over = true;
    work();
  };
}
