/**
 * What runs in the thread of a custom probe's module: loads it, and runs its function for each attempt. Nothing that the
 * module does gets out of here but by the messages of custom-messages.ts.
 */
import { workerData } from "node:worker_threads";
import { errorText } from "../../core/errors.ts";
import type { CustomContext, CustomProbe } from "../../model/custom-probe.ts";
import type { CustomInput, CustomSecret } from "../../probe/custom-module.ts";
import { longestCustomText } from "../../probe/custom-module.ts";
import type { FromThread, ThreadData, ToThread } from "./custom-messages.ts";
import { countPerMinute, linesPerMinute } from "./lines-per-minute.ts";
import { printedLines } from "./printed-lines.ts";

/** How often the event loop shows that it turns while an attempt is under way. */
const turnMs = 100;
/** How many steps an attempt may name as fast as it likes, and how far apart further ones are: each is a message. */
const freeSteps = 100;
const stepMs = 50;

const { port, module, url, turned } = workerData as ThreadData;
// The module may read what the thread was started with; the port is none of its business.
Reflect.deleteProperty(workerData as ThreadData, "port");
const say = (message: FromThread) => port.postMessage(message);
const now = new BigInt64Array(turned);
const showTurn = () => Atomics.store(now, 0, BigInt(Date.now()));
const underWay = new Map<number, AbortController>();
let turning: NodeJS.Timeout | undefined;

const count = countPerMinute(() => performance.now());
const prints = (["stdout", "stderr"] as const).map((on) => {
  const { stream, flush } = printedLines((line) => {
    // One more than are logged, by which the host knows that there were more.
    if (count() <= linesPerMinute + 1) say({ say: "printed", on, line });
  });
  Object.defineProperty(process, on, { value: stream });
  return flush;
});
const flushPrints = () => prints.forEach((flush) => flush());
process.on("exit", flushPrints);
// Node.js would write its warnings past these streams.
process.removeAllListeners("warning");
process.on("warning", ({ name, message }) => process.stderr.write(`${name}: ${message}\n`));

process.on("uncaughtException", (error) => crash("exception", error));
process.on("unhandledRejection", (reason) => crash("rejection", reason));

function crash(how: "exception" | "rejection", thrown: unknown): void {
  say({ say: "crashed", how, text: thrownText(thrown) });
  process.exit(1);
}

// Not awaited: where the module awaits what never comes, Node.js would complain on the process's stderr.
void serve();

async function serve(): Promise<void> {
  try {
    const { run } = customProbe(await import(url));
    port.on("message", (message: ToThread) => {
      showTurn();
      if (message.say === "run") void attempt(run, message.id, message.input);
      else abort(message.id);
    });
    say({ say: "loaded" });
  } catch (error) {
    say({ say: "unloadable", text: thrownText(error) });
  }
}

function customProbe(loaded: unknown): CustomProbe {
  const exported = (loaded as { readonly default?: Partial<CustomProbe> }).default;
  if (exported?.phasegate !== "probe" || typeof exported.run !== "function")
    throw new Error(`${module} has no default export made by probe()`);
  return exported as CustomProbe;
}

async function attempt(run: CustomProbe["run"], id: number, input: CustomInput): Promise<void> {
  const stop = new AbortController();
  underWay.set(id, stop);
  turning ??= setInterval(showTurn, turnMs).unref();
  try {
    const found: unknown = await run(contextOf(id, input, stop.signal));
    say({ say: "returned", id, found: plainFinding(found) });
  } catch (error) {
    say({ say: "threw", id, text: thrownText(error) });
  } finally {
    flushPrints();
    underWay.delete(id);
    if (underWay.size === 0) {
      clearInterval(turning);
      turning = undefined;
    }
  }
}

function abort(id: number): void {
  say({ say: "aborted", id });
  underWay.get(id)?.abort();
}

function contextOf(id: number, { secrets, ...input }: CustomInput, signal: AbortSignal): CustomContext {
  let named = 0;
  let lastNamedAt = 0;
  return {
    ...input,
    signal,
    secret: (name) => secretOf(secrets, name),
    step: (name: unknown) => {
      if (++named > freeSteps && performance.now() - lastNamedAt < stepMs) return;
      lastNamedAt = performance.now();
      say({ say: "step", id, step: cut(name) });
    },
  };
}

function secretOf(secrets: Readonly<Record<string, CustomSecret>>, name: string): string {
  const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (secret === undefined) throw new Error(`the declaration gives this probe no secret "${name}"`);
  if ("missing" in secret) throw new Error(secret.missing);
  return secret.value;
}

/** What of a finding is looked at, without what cannot be sent; the host judges it. */
function plainFinding(found: unknown): unknown {
  if (typeof found !== "object" || found === null) return undefined;
  const { passed, text, permanent } = found as Record<string, unknown>;
  return {
    passed: passed === true || (passed === false ? false : undefined),
    text: typeof text === "string" ? cut(text) : undefined,
    permanent: permanent === true,
  };
}

/** What was thrown may be anything, and throw when it is looked at. */
function thrownText(thrown: unknown): string {
  try {
    return cut(errorText(thrown));
  } catch {
    return "something that cannot be put into words";
  }
}

/** A module may have been written in JavaScript: what should be a text may be something else. */
function cut(text: unknown): string {
  return String(text).slice(0, longestCustomText);
}
