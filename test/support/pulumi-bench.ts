import { mapValues } from "../../lib/core/record.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { JobRuns } from "../../lib/model/job.ts";
import type { DependencyPolicy } from "../../lib/model/needs.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import { supervisionDefaults } from "../../lib/model/supervision.ts";
import type * as gates from "../../lib/pulumi/providers/phase-gate.ts";
import type * as readiness from "../../lib/pulumi/providers/service-readiness.ts";
import { anyGeneration } from "../../lib/pulumi/providers/readiness-inputs.ts";
import { unknown } from "../../lib/pulumi/providers/unknown.ts";
import type { Bench } from "./coordinator-bench.ts";
import { bench } from "./coordinator-bench.ts";
import { probeOn, readinessSpec } from "./desired.ts";
import type { FakeEngine } from "./fake-engine.ts";

/** A service as a program declares it. A higher version is another container. */
export interface Declared {
  readonly phase: string;
  readonly needs: Readonly<Record<string, DependencyPolicy>>;
  version: number;
  /** When an `up` runs it, of a job. */
  readonly runs?: JobRuns;
  spec: ReadinessSpec;
}

type Outputs = Readonly<Record<string, unknown>>;
interface Resource {
  readonly inputs: Outputs;
  readonly outputs: Outputs;
}

/** What a preview says, or an `up` does, of each resource: those that it changes. */
export interface Run {
  /** The names of the resources that are changed: "web", "gate of front". */
  readonly changed: readonly string[];
  readonly notices: readonly string[];
}

/**
 * A small stack whose resources are driven as Pulumi drives them: check, diff, then create or update, in the order of the
 * program, in an update for real, in a preview with unknown values for what only the update would know. The coordinator
 * is the real one, on an engine of the test's.
 */
export interface PulumiBench {
  readonly coordinator: Bench;
  readonly engine: FakeEngine;
  readonly declared: Record<string, Declared>;
  container(service: string): string;
  preview(): Promise<Run>;
  up(): Promise<Run>;
  /** Pulumi is killed in the middle of an `up`, before it comes to a resource: "web", "gate of front". */
  upKilledBefore(resource: string): Promise<void>;
  /** The coordinator's volume is empty from now on. */
  loseVolume(): Promise<void>;
  /** The coordinator's container is another one from the next `up` on. */
  replaceCoordinator(): void;
  stopCoordinator(): void;
  /** The state is as the version before the current names of properties wrote it. */
  stateUnderEarlierNames(): void;
}

/** What the providers work with, put in the place of the real ones by the test. */
export interface Seams {
  engine: FakeEngine;
  client(coordinator: string, start: boolean): Promise<ControlClient>;
  notice(row: string, text: string): void;
  /** The providers, loaded again: every preview and every update has a process of its own. */
  load(): Promise<{ readonly readiness: typeof readiness; readonly gates: typeof gates }>;
}

/** Pulumi's process is over: nothing of it happens any more. */
const killed = new Error("Pulumi was killed");

const row = (name: string) => `urn:pulumi:dev::project::type::${name}`;

export function pulumiBench(seams: Seams, declared: Record<string, Declared>): PulumiBench {
  const coordinator = bench();
  const { clock, engine } = coordinator;
  const state = new Map<string, Resource>();
  let coordinatorVersion = 1;
  let notices: string[] = [];
  let running = true;
  let endDeployment: (() => void) | undefined;

  const coordinatorId = () => `coordinator-${coordinatorVersion}`;
  const lives = new Set([coordinatorId()]);
  engine.add(coordinatorId());

  seams.engine = engine;
  seams.notice = (_row, text) => notices.push(text);
  seams.client = async (id, start) => {
    if (!lives.has(id)) throw new Error(`there is no coordinator ${id}`);
    if (!running && !start) throw new Error("the coordinator is stopped");
    if (!running) {
      coordinator.killCoordinator();
      running = true;
      engine.change(id, { running: true, finishedMs: undefined });
    }
    // As coordinators.ts does on each connection for work.
    if (start) endDeployment ??= coordinator.deploy();
    return { call: coordinator.call, close: () => {} };
  };

  const container = (service: string) => `${service}-${declared[service]?.version}`;

  /** Lets the clock run until a piece of work has ended. */
  async function finished<T>(work: Promise<T>): Promise<T> {
    let over = false;
    void work.catch(() => {}).finally(() => (over = true));
    for (let i = 0; i < 1000 && !over; i++) await clock.advance(100);
    return work;
  }

  async function run(real: boolean, killedBefore?: string): Promise<Run> {
    notices = [];
    const changed: string[] = [];
    const providers = await seams.load();
    const coordinatorIs = lives.has(coordinatorId()) || real ? coordinatorId() : unknown;
    if (real && !lives.has(coordinatorId())) {
      for (const id of lives) engine.remove(id);
      lives.clear();
      lives.add(coordinatorId());
      engine.add(coordinatorId());
      coordinator.killCoordinator();
    }
    const outputs = new Map<string, Outputs>();

    async function step(
      name: string,
      provider: typeof readiness | typeof gates,
      news: Outputs,
    ): Promise<void> {
      if (name === killedBefore) throw killed;
      const old = state.get(name);
      const inputs =
        "check" in provider
          ? ((await finished(provider.check((old?.inputs ?? {}) as never, news as never))).inputs as Outputs)
          : news;
      const changes =
        old === undefined ||
        (await finished(provider.diff(name, old.outputs as never, inputs as never))).changes === true;
      if (!changes) {
        outputs.set(name, old.outputs);
        if (real) state.set(name, { inputs, outputs: old.outputs });
        return;
      }
      changed.push(name);
      if (!real) return void outputs.set(name, inputs);
      const result = await finished(
        old === undefined
          ? provider.create(inputs as never)
          : provider.update(name, old.outputs as never, inputs as never),
      );
      const outs = result.outs as Outputs;
      outputs.set(name, outs);
      state.set(name, { inputs, outputs: outs });
    }

    const gateOf = (service: string) => `gate of ${declared[service]?.phase}`;
    const generationOf = (service: string, phase: string) =>
      declared[service]?.phase === phase
        ? outputs.get(service)?.["generation"]
        : (outputs.get(gateOf(service))?.["generations"] as Outputs | undefined)?.[service];
    const place = { coordinator: coordinatorIs };

    for (const phase of new Set(Object.values(declared).map((one) => one.phase))) {
      const own = Object.entries(declared).filter(([, one]) => one.phase === phase);
      for (const [service, { needs, spec, runs }] of own) {
        const id = container(service);
        const exists = (await engine.inspect(id)) !== undefined;
        if (real && !exists) {
          engine.remove(`${service}-${(declared[service]?.version ?? 1) - 1}`);
          // Pulumi creates it; its readiness starts it.
          engine.add(id, { running: false, startedMs: undefined });
        }
        await step(service, providers.readiness, {
          ...{ row: row(service), ...place, service, phase, container: exists || real ? id : unknown },
          ...spec,
          dependencies: Object.fromEntries(
            Object.entries(needs).map(([needed, onChange]) => [
              needed,
              {
                onChange,
                generation:
                  onChange === "ignore" && declared[needed]?.runs === "everyUp"
                    ? anyGeneration
                    : generationOf(needed, phase),
                samePhase: declared[needed]?.phase === phase,
              },
            ]),
          ),
          startIndex: Object.keys(declared).indexOf(service),
          after: [],
          supervision: { ...supervisionDefaults, interval: "15s" },
          keptPasswords: [],
          ...(runs && { runs }),
          secrets: {},
        });
      }
      const each = (key: string) => Object.fromEntries(own.map(([name]) => [name, outputs.get(name)?.[key]]));
      await step(`gate of ${phase}`, providers.gates, {
        ...{ row: row(phase), ...place, phase, title: phase, budget: "60s", validation: "v", dependsOn: [] },
        services: each("wanted"),
        generations: each("generation"),
      });
    }
    return { changed, notices };
  }

  /** Runs it to its end, and lets what the coordinator does then come to its end, too. */
  async function toItsEnd(work: Promise<Run>): Promise<Run> {
    try {
      return await work;
    } finally {
      endDeployment?.();
      endDeployment = undefined;
      await clock.advance(10_000);
    }
  }

  return {
    ...{ coordinator, engine, declared, container },
    preview: () => run(false),
    up: () => toItsEnd(run(true)),
    upKilledBefore: async (resource) => {
      await toItsEnd(run(true, resource)).catch((error: unknown) => {
        if (error !== killed) throw error;
      });
    },
    loseVolume: async () => {
      await coordinator.call("forget", { services: coordinator.services() });
      coordinator.killCoordinator();
    },
    replaceCoordinator: () => void coordinatorVersion++,
    stopCoordinator: () => {
      running = false;
      coordinator.close();
      engine.change(coordinatorId(), { running: false, finishedMs: clock.now() });
    },
    stateUnderEarlierNames: () => {
      for (const [name, { inputs, outputs }] of state)
        state.set(name, { inputs: withEarlierNames(inputs), outputs: withEarlierNames(outputs) });
    },
  };
}

/** The properties of a resource under the names that they had before, and without those that there were not. */
function withEarlierNames({ wanted: _, after: __, supervision: ___, ...properties }: Outputs): Outputs {
  const names: Record<string, string> = {
    startIndex: "rank",
    specHash: "registration",
    generation: "run",
    generations: "runs",
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      names[name] ?? name,
      name === "dependencies" ? mapValues(value as Record<string, Outputs>, withEarlierNames) : value,
    ]),
  );
}

/** A service that expects one probe, which passes. */
export function declaredService(phase: string, needs: Declared["needs"] = {}): Declared {
  return { phase, needs, version: 1, spec: readinessSpec({ probes: { first: probeOn(1) } }) };
}
