import type { ControlClient } from "../../lib/control/client.ts";
import { proveGate } from "../../lib/coordinator/gate.ts";
import { redaction } from "../../lib/coordinator/redaction.ts";
import { services as createServices, type Services } from "../../lib/coordinator/services.ts";
import { staleness } from "../../lib/coordinator/staleness.ts";
import { silentRecorder } from "../../lib/history/recorder.ts";
import { mapValues } from "../../lib/core/record.ts";
import type { Params } from "../../lib/model/control.ts";
import type { DependencyPolicy } from "../../lib/model/needs.ts";
import type { ReadinessSpec } from "../../lib/model/plan.ts";
import type * as gates from "../../lib/pulumi/providers/phase-gate.ts";
import type * as readiness from "../../lib/pulumi/providers/service-readiness.ts";
import { unknown } from "../../lib/pulumi/providers/unknown.ts";
import { probeOn, readinessSpec } from "./desired.ts";
import { fakeClock, type FakeClock } from "./fake-clock.ts";
import { fakeEngine, type FakeEngine } from "./fake-engine.ts";
import { passed } from "./outcomes.ts";

/** A service as a program declares it. A higher version is another container. */
export interface Declared {
  readonly phase: string;
  readonly needs: Readonly<Record<string, DependencyPolicy>>;
  version: number;
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
 * program, in an update for real, in a preview with unknown values for what only the update would know.
 */
export interface PulumiBench {
  readonly engine: FakeEngine;
  readonly clock: FakeClock;
  readonly declared: Record<string, Declared>;
  /** What the coordinator has logged: "service-ready web". */
  readonly log: string[];
  container(service: string): string;
  preview(): Promise<Run>;
  up(): Promise<Run>;
  /** The coordinator's process ends and begins again, without what it knew. */
  restartCoordinator(): void;
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

const row = (name: string) => `urn:pulumi:dev::project::type::${name}`;

export function pulumiBench(seams: Seams, declared: Record<string, Declared>): PulumiBench {
  const clock = fakeClock();
  const engine = fakeEngine(clock.now);
  engine.restart = async (id) => {
    engine.calls.push(`restart ${id}`);
    engine.happen(id, "start", { running: true, startedMs: clock.now(), finishedMs: undefined });
  };
  const log: string[] = [];
  const state = new Map<string, Resource>();
  let coordinatorVersion = 1;
  let notices: string[] = [];
  let running = true;
  let known = newServices();

  function newServices(): Services {
    const services = createServices({
      engine,
      clock,
      random: () => 0,
      redaction: redaction(),
      recorder: silentRecorder,
      stack: "dev",
      startedMs: clock.now(),
      log: (event, fields) => log.push(`${event} ${(fields?.["service"] as string | undefined) ?? ""}`),
      runAttempt: async () => passed,
    });
    return services;
  }

  function restart(): void {
    known.close();
    known = newServices();
  }

  const coordinatorId = () => `coordinator-${coordinatorVersion}`;
  const lives = new Set([coordinatorId()]);
  engine.add(coordinatorId());

  const answers = {
    expect: (params: Params<"expect">) => ({ specHash: known.expect(params) }),
    staleness: (params: Params<"staleness">) => staleness(known, params),
    prove: (params: Params<"prove">) =>
      proveGate(known, clock, params, () => {}, new AbortController().signal),
  };
  seams.engine = engine;
  seams.notice = (_row, text) => notices.push(text);
  seams.client = async (id, start) => {
    if (!lives.has(id)) throw new Error(`there is no coordinator ${id}`);
    if (!running && !start) throw new Error("the coordinator is stopped");
    if (!running) {
      restart();
      running = true;
      engine.change(id, { running: true, finishedMs: undefined });
    }
    const call = async (method: keyof typeof answers, params: never) => answers[method](params);
    return { call: call as ControlClient["call"], close: () => {} };
  };

  const container = (service: string) => `${service}-${declared[service]?.version}`;

  /** Lets the clock run until a piece of work has ended. */
  async function finished<T>(work: Promise<T>): Promise<T> {
    let over = false;
    void work.catch(() => {}).finally(() => (over = true));
    for (let i = 0; i < 1000 && !over; i++) await clock.advance(100);
    return work;
  }

  async function run(real: boolean): Promise<Run> {
    notices = [];
    const changed: string[] = [];
    const providers = await seams.load();
    const coordinatorIs = lives.has(coordinatorId()) || real ? coordinatorId() : unknown;
    if (real && !lives.has(coordinatorId())) {
      for (const id of lives) engine.remove(id);
      lives.clear();
      lives.add(coordinatorId());
      engine.add(coordinatorId());
      restart();
    }
    const outputs = new Map<string, Outputs>();

    async function step(
      name: string,
      provider: typeof readiness | typeof gates,
      news: Outputs,
    ): Promise<void> {
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
      for (const [service, { needs, spec }] of own) {
        const id = container(service);
        const exists = (await engine.inspect(id)) !== undefined;
        if (real && !exists) {
          engine.remove(`${service}-${(declared[service]?.version ?? 1) - 1}`);
          engine.add(id);
        }
        await step(service, providers.readiness, {
          ...{ row: row(service), ...place, service, phase, container: exists || real ? id : unknown },
          ...spec,
          dependencies: Object.fromEntries(
            Object.entries(needs).map(([needed, onChange]) => [
              needed,
              {
                onChange,
                generation: generationOf(needed, phase),
                samePhase: declared[needed]?.phase === phase,
              },
            ]),
          ),
          startIndex: 0,
          secrets: {},
        });
      }
      const each = (key: string) => Object.fromEntries(own.map(([name]) => [name, outputs.get(name)?.[key]]));
      await step(`gate of ${phase}`, providers.gates, {
        ...{ row: row(phase), ...place, phase, title: phase, budget: "60s", validation: "v", dependsOn: [] },
        services: each("specHash"),
        generations: each("generation"),
      });
    }
    if (real) await clock.advance(10_000);
    return { changed, notices };
  }

  return {
    engine,
    clock,
    declared,
    log,
    container,
    preview: () => run(false),
    up: () => run(true),
    restartCoordinator: restart,
    replaceCoordinator: () => void coordinatorVersion++,
    stopCoordinator: () => {
      running = false;
      engine.change(coordinatorId(), { running: false, finishedMs: clock.now() });
    },
    stateUnderEarlierNames: () => {
      for (const [name, { inputs, outputs }] of state)
        state.set(name, { inputs: withEarlierNames(inputs), outputs: withEarlierNames(outputs) });
    },
  };
}

/** The properties of a resource under the names that they had before. */
function withEarlierNames(properties: Outputs): Outputs {
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
