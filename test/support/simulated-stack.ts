import type { Outcome } from "../../lib/probe/outcome.ts";
import type { ContainerRun } from "../../lib/readiness/service-container.ts";
import { decisions, matters } from "../../lib/supervision/decisions.ts";
import type { DesiredService } from "../../lib/supervision/desired-service.ts";
import type { Effect, ServiceEvent } from "../../lib/supervision/service-event.ts";
import { step } from "../../lib/supervision/service-machine.ts";
import type { Records, ServiceRecord } from "../../lib/supervision/service-record.ts";
import {
  enabledProbes,
  newRecord,
  probingOf,
  resumedRecord,
  wakeAtMs,
} from "../../lib/supervision/service-record.ts";
import type { StateCause, StateName } from "../../lib/supervision/service-state.ts";
import { failed, passed } from "./outcomes.ts";

/** What a simulated workload is like. The test changes it as it likes. */
export interface Workload {
  running: boolean;
  startedMs: number | undefined;
  exitCode: number;
  /** Whether its probes pass while it runs. */
  healthy: boolean;
  /** How long after its start it works. */
  warmUpMs: number;
  /** Whether it ends as soon as it has been started. */
  crashes: boolean;
}

export interface Change {
  readonly atMs: number;
  readonly service: string;
  readonly from: StateName;
  readonly to: StateName;
  readonly cause: StateCause;
}

export interface Order {
  readonly atMs: number;
  readonly service: string;
  readonly order: "start" | "restart" | "stop";
  /** What it is ordered for. */
  readonly cause: StateCause;
  /** What the service needs was up then. */
  readonly down: boolean;
}

/** The pure rules of supervision on a platform and a clock that are made up, an event at a time: a day passes in a second. */
export interface SimulatedStack {
  readonly records: ReadonlyMap<string, ServiceRecord>;
  readonly workloads: ReadonlyMap<string, Workload>;
  readonly changes: readonly Change[];
  readonly orders: readonly Order[];
  now(): number;
  /** Does something at an instant. */
  at(ms: number, what: () => void): void;
  /** Lets time pass. */
  run(ms: number): void;
  send(service: string, event: ServiceEvent): void;
  /** The workload ends by itself. */
  crash(service: string, exitCode?: number): void;
  /** Somebody stops it through the platform. */
  stopByHand(service: string): void;
  startByHand(service: string): void;
  /** The coordinator is killed, and started again: it knows what was on the disk. */
  killCoordinator(): void;
  /** Everything ends at once, and the coordinator starts again. */
  reboot(): void;
}

interface Later {
  readonly atMs: number;
  readonly what: () => void;
}

/** @param onChange called with each change of a service, as a coordinator's supervisor does */
export function simulatedStack(
  desired: readonly DesiredService[],
  random: () => number,
  onChange: (before: ServiceRecord, after: ServiceRecord, records: Records) => void = () => undefined,
): SimulatedStack {
  const records = new Map<string, ServiceRecord>();
  const workloads = new Map<string, Workload>();
  const changes: Change[] = [];
  const orders: Order[] = [];
  const probingKeys = new Map<string, string>();
  let later: Later[] = [];
  let nowMs = 1_000_000;
  let looks = 0;
  let life = 0;
  let boots = 0;

  const at = (atMs: number, what: () => void) => {
    let i = later.length;
    while (i > 0 && (later[i - 1]?.atMs ?? 0) > atMs) i--;
    later.splice(i, 0, { atMs, what });
  };
  /** What the coordinator does later: not any more once it has been killed. */
  const soon = (ms: number, what: () => void) => {
    const own = life;
    at(nowMs + ms, () => own === life && what());
  };

  const workload = (service: string): Workload => {
    const known = workloads.get(service);
    if (known === undefined) throw new Error(`there is no ${service}`);
    return known;
  };

  const sighting = (service: string): ContainerRun => {
    const { running, startedMs, exitCode } = workload(service);
    return {
      ...{ name: service, createdMs: 0, startedMs, running, exitCode, outOfMemory: false },
      ...{ health: undefined, healthyMs: undefined, startError: "", altered: [] },
    };
  };

  const look = (service: string) => send(service, { type: "seen", seen: sighting(service), look: ++looks });
  const tell = (service: string) => soon(random() * 200, () => look(service));

  const start = (service: string) => {
    const own = workload(service);
    if (own.running) return;
    Object.assign(own, { running: true, startedMs: nowMs, exitCode: 0 });
    if (own.crashes) at(nowMs + 500, () => end(service, 1));
  };
  const end = (service: string, exitCode: number) => {
    const own = workload(service);
    if (!own.running) return;
    Object.assign(own, { running: false, exitCode });
    tell(service);
  };

  const perform = (service: string, { act }: Extract<Effect, { type: "act" }>) => {
    const { state, down } = records.get(service) as ServiceRecord;
    orders.push({ atMs: nowMs, service, order: act.order, cause: state.cause, down: down !== undefined });
    const own = workload(service);
    // The platform does it whatever becomes of who ordered it, if it is not ended itself.
    const boot = boots;
    at(nowMs + 100 + random() * 900, () => {
      if (boot !== boots) return;
      const current = act.from === undefined || own.startedMs === act.from;
      if (act.order !== "start" && current) Object.assign(own, { running: false, exitCode: 143 });
      if (act.order !== "stop") start(service);
    });
    soon(1100, () => {
      look(service);
      send(service, { type: "acted", act: act.id, error: undefined });
    });
  };

  const works = (service: string): boolean => {
    const { running, healthy, startedMs = 0, warmUpMs } = workload(service);
    const needs = Object.keys(records.get(service)?.desired.needs ?? {});
    const ofSame = (name: string) =>
      needs.filter((other) => {
        const of = records.get(name)?.desired.replicaOf;
        return other === name || (of !== undefined && records.get(other)?.desired.replicaOf === of);
      });
    return (
      running && healthy && nowMs >= startedMs + warmUpMs && needs.every((name) => ofSame(name).some(works))
    );
  };

  const attempt = (service: string, name: string, key: string): boolean => {
    if (probingKeys.get(service) !== key) return false;
    const outcome: Outcome = works(service) ? passed : failed();
    send(service, { type: "attempted", key, probe: name, outcome, beganMs: nowMs });
    return true;
  };

  const probe = (service: string, name: string, key: string, starting: boolean) => {
    if (!attempt(service, name, key)) return;
    const known = records.get(service)?.probes.find((one) => one.name === name);
    const undecided = known?.passing === true && known.failures > 0;
    soon(starting || undecided ? 1000 : 15_000 * (1 - 0.1 * random()), () =>
      probe(service, name, key, starting),
    );
  };

  const tryAll = (service: string) => {
    const key = probingKeys.get(service) ?? "";
    const own = records.get(service);
    for (const name of key === "" || own === undefined ? [] : Object.keys(enabledProbes(own.desired)))
      soon(random() * 100, () => attempt(service, name, key));
  };

  const follow = (service: string, record: ServiceRecord) => {
    const probing = probingOf(record);
    const key = probing.mode === "off" ? "" : probing.key;
    if (probingKeys.get(service) !== key) {
      probingKeys.set(service, key);
      const starting = probing.mode === "starting";
      if (key !== "")
        for (const name of Object.keys(enabledProbes(record.desired)))
          soon(starting ? 0 : random() * 15_000, () => probe(service, name, key, starting));
    }
    const wakeMs = wakeAtMs(record);
    if (wakeMs !== Infinity)
      soon(Math.max(0, wakeMs - nowMs), () => {
        const current = records.get(service);
        if (current && nowMs >= wakeAtMs(current)) send(service, { type: "woken" });
      });
  };

  const handle = (service: string, event: ServiceEvent): boolean => {
    const before = records.get(service) as ServiceRecord;
    const { record, effects } = step(before, event, nowMs);
    records.set(service, record);
    if (before.state !== record.state)
      changes.push({
        ...{ atMs: nowMs, service, from: before.state.name, to: record.state.name },
        cause: record.state.cause,
      });
    onChange(before, record, records);
    for (const effect of effects) {
      if (effect.type === "act") perform(service, effect);
      if (effect.type === "look") tell(service);
      if (effect.type === "tryAll") tryAll(service);
    }
    follow(service, record);
    return matters(before, record);
  };

  const circumstances = () => ({
    ...{ deploying: false, held: false, reserved: new Set<string>() },
    awake: [...records.values()].every(({ resumed }) => !resumed),
  });

  function send(service: string, event: ServiceEvent): void {
    if (!handle(service, event)) return;
    for (let n = 0; n < 1000; n++) {
      const next = decisions(records, circumstances());
      if (next.length === 0) return;
      for (const { service: other, event: decided } of next) handle(other, decided);
    }
    throw new Error("the decisions do not come to an end");
  }

  const startCoordinator = () => {
    life++;
    probingKeys.clear();
    for (const [service, record] of records) records.set(service, resumedRecord(record));
    for (const service of records.keys()) tell(service);
  };

  for (const one of desired) {
    const { external = false } = one.readiness;
    workloads.set(one.service, {
      ...{ running: external, startedMs: external ? 0 : undefined, exitCode: 0 },
      ...{ healthy: true, warmUpMs: 500 + random() * 3000, crashes: false },
    });
    records.set(one.service, newRecord(one, 1, {}, nowMs));
    if (external) tell(one.service);
  }

  return {
    ...{ records, workloads, changes, orders, at, send },
    now: () => nowMs,
    run: (ms) => {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = later;
        if (next === undefined || next.atMs > untilMs) break;
        later = later.slice(1);
        nowMs = Math.max(nowMs, next.atMs);
        next.what();
      }
      nowMs = untilMs;
    },
    crash: (service, exitCode = 1) => end(service, exitCode),
    stopByHand: (service) => {
      if (!workload(service).running) return;
      send(service, { type: "ordered" });
      end(service, 143);
    },
    startByHand: (service) => {
      start(service);
      tell(service);
    },
    killCoordinator: startCoordinator,
    reboot: () => {
      boots++;
      for (const [service, own] of workloads)
        if (own.running && !records.get(service)?.desired.readiness.external)
          Object.assign(own, { running: false, exitCode: 255 });
      startCoordinator();
    },
  };
}
