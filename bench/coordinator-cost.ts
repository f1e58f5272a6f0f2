import { setTimeout as sleep } from "node:timers/promises";
import type { ControlClient } from "../lib/control/client.ts";
import type { CoordinatorProcess } from "./coordinator-process.ts";
import { coordinatorFolder } from "./coordinator-process.ts";
import { followTransitions } from "./followed-transitions.ts";
import { median } from "./median.ts";
import { processCost } from "./process-cost.ts";
import type { StandInEngine } from "./stand-in-engine.ts";
import { standInEngine } from "./stand-in-engine.ts";
import { standInServices } from "./stand-in-services.ts";
import type { SupervisedSize } from "./supervised-stack.ts";
import { supervisedStack } from "./supervised-stack.ts";

export interface CostOptions {
  readonly root: string;
  readonly size: SupervisedSize;
  /** How often each probe is run: "15s". */
  readonly interval: string;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Whether a crash, a restart of the coordinator and one of the machine are measured as well. */
  readonly failures: boolean;
  /** More arguments for the Node.js of the coordinator, as for a profile. */
  readonly nodeArgs: readonly string[];
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** What a piece of work took, and of the processor. Milliseconds. */
export interface Work {
  readonly tookMs: number;
  readonly cpuMs: number;
}

/** What a coordinator costs. */
export interface CoordinatorCost {
  readonly services: number;
  readonly probes: number;
  readonly interval: string;
  /** From the first service that is applied to the last gate that opens. */
  readonly firstStart: Work;
  /** While nothing happens. */
  readonly steady: {
    readonly seconds: number;
    readonly rssBytes: number;
    readonly peakRssBytes: number;
    readonly heapBytes: number;
    /** The share of one processor's time. */
    readonly cpuShare: number;
    /** The longest time that it took to answer a "hello", asked for ten times a second. */
    readonly longestAnswerMs: number;
  };
  readonly failures: Failures | undefined;
}

interface Failures {
  /** A service that others need crashes. */
  readonly cascade: Work & {
    readonly dependents: number;
    /** From the crash until each that depends on it is known to be impaired. */
    readonly knownMs: number;
    /** From its readiness to the order for the first that depends on it. */
    readonly decidedMs: number;
  };
  /** The coordinator is killed and started again, until it has looked at every container. */
  readonly startedAgain: Work;
  /** So is the machine: from the coordinator's start until all services are ready. */
  readonly rebooted: Work;
}

/** Measures a coordinator at work on stand-ins. */
export async function coordinatorCost(options: CostOptions): Promise<CoordinatorCost> {
  const { root, size, interval, warmUpMs, measureMs, nodeArgs, signal, say } = options;
  const services = await standInServices();
  const stack = supervisedStack(size, interval, services);
  const folder = await coordinatorFolder(root);
  const engine = await standInEngine(folder.engineSocket, stack.containers);
  let process: CoordinatorProcess | undefined;
  try {
    say(`${size.services} services: the first start`);
    process = await folder.start({ nodeArgs });
    const { pid, client } = process;
    const up = await process.connect();
    const firstStart = await work(pid, () => stack.apply(up));
    up.close();
    say(`${size.services} services: at rest`);
    await sleep(warmUpMs, undefined, { signal });
    const steady = await atRest(process, measureMs, signal);
    let failures: Failures | undefined;
    if (options.failures) {
      say(`${size.services} services: a crash`);
      const cascade = await crash(pid, client, engine, stack.containers);
      say(`${size.services} services: the coordinator is killed`);
      await process.end("SIGKILL");
      engine.forgetLooks();
      process = await folder.start({ nodeArgs });
      const again = process;
      const startedAgain = await sinceStart(again, () => until(() => engine.looks() === size.services));
      say(`${size.services} services: the machine goes down`);
      await allReady(again.client, size.services);
      await again.end("SIGKILL");
      engine.shutDown();
      engine.takeOrders();
      process = await folder.start({ nodeArgs });
      const after = process;
      let started = 0;
      const rebooted = await sinceStart(after, async () => {
        await until(() => (started += engine.takeOrders().length) >= size.services);
        await allReady(after.client, size.services);
      });
      failures = { cascade, startedAgain, rebooted };
    }
    return { services: size.services, probes: stack.probes, interval, firstStart, steady, failures };
  } finally {
    await process?.end();
    await engine.close();
    services.close();
    folder.remove();
  }
}

async function work(pid: number, job: () => Promise<unknown>): Promise<Work> {
  const [began, before] = [performance.now(), processCost(pid)];
  await job();
  return { tookMs: performance.now() - began, cpuMs: processCost(pid).cpuMs - before.cpuMs };
}

async function sinceStart(
  { pid, startedMs }: CoordinatorProcess,
  job: () => Promise<unknown>,
): Promise<Work> {
  await job();
  return { tookMs: Date.now() - startedMs, cpuMs: processCost(pid).cpuMs };
}

async function atRest(
  { pid, client, heapBytes }: CoordinatorProcess,
  measureMs: number,
  signal: AbortSignal,
): Promise<CoordinatorCost["steady"]> {
  const [began, before] = [performance.now(), processCost(pid)];
  const rss: number[] = [];
  let longestAnswerMs = 0;
  while (performance.now() < began + measureMs) {
    const asked = performance.now();
    await client.call("hello", {});
    longestAnswerMs = Math.max(longestAnswerMs, performance.now() - asked);
    rss.push(processCost(pid).rssBytes);
    await sleep(100, undefined, { signal });
  }
  const [tookMs, after] = [performance.now() - began, processCost(pid)];
  return {
    seconds: tookMs / 1000,
    rssBytes: median(rss),
    peakRssBytes: after.peakRssBytes,
    cpuShare: (after.cpuMs - before.cpuMs) / tookMs,
    longestAnswerMs,
    heapBytes: await heapBytes(),
  };
}

/** How long the longest of all cascades may take. */
const patienceMs = 300_000;

async function crash(
  pid: number,
  client: ControlClient,
  engine: StandInEngine,
  containers: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Promise<Failures["cascade"]> {
  const root = "service-0";
  const [container = ""] = [...containers].find(([, labels]) => labels["phasegate.service"] === root) ?? [];
  const { lastSeq } = await client.call("status", {});
  const transitions = followTransitions(client, lastSeq);
  engine.takeOrders();
  const beganMs = Date.now();
  const { tookMs, cpuMs } = await work(pid, async () => {
    engine.crash(container);
    const affected = () => [...new Set(transitions.all.map(({ service }) => service))];
    const lastOf = (service: string) => transitions.all.findLast((one) => one.service === service);
    const isOver = () =>
      affected().length > 0 && affected().every((service) => lastOf(service)?.to === "ready");
    await transitions.until("the cascade", isOver, patienceMs);
  });
  const { all } = transitions;
  const readyMs = all.find(({ service, to }) => service === root && to === "ready")?.atMs ?? NaN;
  const firsts = Object.values(Object.groupBy(all, ({ service }) => service)).flatMap(
    (own) => own?.[0] ?? [],
  );
  const order = engine.takeOrders().find((one) => one.container !== container);
  return {
    ...{ tookMs, cpuMs, dependents: firsts.length - 1 },
    knownMs: Math.max(...firsts.map(({ atMs }) => atMs)) - beganMs,
    decidedMs: (order?.atMs ?? NaN) - readyMs,
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

async function allReady(client: ControlClient, count: number): Promise<void> {
  const { services, lastSeq } = await client.call("status", {});
  const states = new Map(services.map(({ service, state }) => [service, state]));
  const transitions = followTransitions(client, lastSeq);
  let taken = 0;
  await transitions.until(
    "all services ready",
    () => {
      for (; taken < transitions.all.length; taken++) {
        const transition = transitions.all[taken];
        if (transition) states.set(transition.service, transition.to);
      }
      return states.size === count && [...states.values()].every((state) => state === "ready");
    },
    patienceMs,
  );
}
