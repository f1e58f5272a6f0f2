import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { describeMs } from "../../core/duration.ts";
import { errorText } from "../../core/errors.ts";
import type { LoadedModule } from "../../probe/custom-module.ts";
import { busyOrIdle } from "./busy-or-idle.ts";
import type { FromThread, ThreadData } from "./custom-messages.ts";
import type { ModuleReport } from "./module-report.ts";
import { threadAttempts } from "./thread-attempts.ts";
import { memoryMiB, resourceLimits, usesTooMuch } from "./thread-memory.ts";

/** What threads are started with. */
export interface ThreadDependencies {
  /** Its sleeps keep no process alive: while attempts are under way the thread does. */
  readonly clock: Clock;
  /** The program of a thread: custom-thread-main.ts, or what it is bundled into. */
  readonly program: URL;
  /** Where a module is loaded from. Rejects when it is not there. */
  readonly locate: (module: string) => Promise<URL>;
  readonly report: ModuleReport;
}

/** The thread of one module, from its start to its end. */
export interface CustomThread extends LoadedModule {
  /** Rejects when the module cannot be loaded. */
  readonly loaded: Promise<void>;
  /** Keeps the thread busy until the returned function is called. */
  readonly hold: () => () => void;
  /** Whether no further attempt can be run in it. */
  readonly isOver: () => boolean;
  /** Resolves when nothing of it runs any more. Code that waits inside a system call ends with the call. */
  readonly ended: Promise<void>;
}

/** How long a module may take to load, the start of its thread included. */
const loadMs = 30_000;
/** How long a thread is kept that has nothing to do. */
const idleMs = 300_000;

/**
 * Starts a thread for a module.
 * @param former resolves when the module's thread before this one has ended: there is never more than one
 */
export function startThread(
  module: string,
  former: Promise<void>,
  { clock, program, locate, report }: ThreadDependencies,
): CustomThread {
  const turned = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const { port1: port, port2: theirs } = new MessageChannel();
  const loaded = Promise.withResolvers<void>();
  let worker: Worker | undefined;
  let over: string | undefined;

  const use = busyOrIdle({
    busy: (signal) => {
      worker?.ref();
      void usesTooMuch(() => worker, clock, signal).then((tooMuch) => tooMuch && fail(memoryText(module)));
    },
    idle: (signal) => {
      worker?.unref();
      void clock.sleep(idleMs, signal).then(() => signal.aborted || end("it was idle"));
    },
  });
  const attempts = threadAttempts({
    clock,
    hold: use.hold,
    post: (message) => port.postMessage(message),
    onSilence: (beganMs) => {
      const turnedMs = Number(Atomics.load(new BigInt64Array(turned), 0));
      const forMs = Math.max(0, clock.now() - Math.max(turnedMs, beganMs));
      const why = blockedText(module, forMs);
      attempts.endBlocked({ kind: "blocked", forMs }, { kind: "broken", text: why });
      fail(why);
    },
  });

  /** Ends the thread, unless it has ended already, for a reason that those hear who wait for it. */
  const end = (why: string): void => {
    if (over !== undefined) return;
    over = why;
    use.close();
    loaded.reject(new Error(why));
    attempts.endAll({ kind: "broken", text: why });
    port.close();
    void worker?.terminate();
  };
  /** Ends it for what the module has done. */
  const fail = (why: string): void => {
    if (over === undefined) report.ended(module, why);
    end(why);
  };

  const hear = (message: FromThread): void => {
    switch (message.say) {
      case "loaded":
        return loaded.resolve();
      case "unloadable":
        return end(message.text);
      case "crashed":
        return fail(`${module} ended its thread by ${uncaught[message.how]}: ${message.text}`);
      case "printed":
        return report.printed(module, message.on, message.line);
      case "step":
      case "aborted":
      case "returned":
      case "threw":
        return attempts.hear(message);
    }
  };

  const live = async (): Promise<void> => {
    const [url] = await Promise.all([locate(module), former]);
    if (over !== undefined) return;
    const data: ThreadData = { port: theirs, module, url: url.href, turned };
    const thread = new Worker(program, {
      name: module,
      workerData: data,
      transferList: [theirs],
      // Nobody reads them, for that would keep the process alive; the thread's program sends what is printed.
      stdout: true,
      stderr: true,
      execArgv: [],
      env: moduleEnvironment(),
      resourceLimits,
    });
    worker = thread;
    if (!use.isBusy()) thread.unref();
    port.on("message", hear).unref();
    thread.on("error", (error: Error) => fail(errorEventText(module, error)));
    const exitCode = await new Promise<number>((resolve) => thread.once("exit", resolve));
    // Its last words may still be on their way.
    for (let last; (last = receiveMessageOnPort(port)) !== undefined;) hear(last.message as FromThread);
    fail(exitText(module, exitCode));
  };

  const endUnlessLoaded = async (): Promise<void> => {
    const isLoaded = new AbortController();
    // What cannot be loaded is heard of by those who wait for it.
    loaded.promise.catch(() => undefined).finally(() => isLoaded.abort());
    await clock.sleep(loadMs, isLoaded.signal);
    if (isLoaded.signal.aborted) return;
    const why = worker === undefined ? ": its former thread has not ended yet" : "";
    fail(`${module} was not loaded within ${describeMs(loadMs)}${why}`);
  };

  const lived = live().catch((error: unknown) => end(errorText(error)));
  void endUnlessLoaded();
  return {
    loaded: loaded.promise,
    hold: use.hold,
    isOver: () => over !== undefined,
    ended: Promise.all([lived, former]).then(() => undefined),
    run: (input, attempt) =>
      over === undefined ? attempts.run(input, attempt) : Promise.resolve({ kind: "broken", text: over }),
  };
}

/** The process's environment without what is the coordinator's own. */
function moduleEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PHASEGATE_")));
}

const uncaught = {
  exception: "an exception that nothing catches",
  rejection: "a rejection that nothing handles",
} as const;

function memoryText(module: string): string {
  return `${module} used more than ${memoryMiB} MiB of memory`;
}

function blockedText(module: string, forMs: number): string {
  return `${module} blocked its thread for ${describeMs(forMs)}; a custom probe must not compute without awaiting`;
}

function errorEventText(module: string, error: Error): string {
  const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return isMemory ? memoryText(module) : `the thread of ${module} failed: ${errorText(error)}`;
}

/** A thread ends by itself only where its module, while it is loaded, awaits what can come no more. */
function exitText(module: string, code: number): string {
  return code === 0
    ? `${module} ended its thread: by process.exit(0), or it awaits outside of its function what never comes`
    : `${module} ended its thread by process.exit(${code})`;
}
