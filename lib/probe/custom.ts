import type { CustomFinding, CustomProbe, FilledEndpoint } from "../model/custom-probe.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { endpointUrl } from "../model/endpoint.ts";
import type { Text } from "../model/text.ts";
import { excerpt } from "./excerpt.ts";
import type { Finding } from "./outcome.ts";
import { causeOf, failed, passed } from "./outcome.ts";
import type { Attempt, AttemptContext } from "./probe-kind.ts";

/** Runs a probe that the project has written itself. */
export const custom: Attempt<"custom"> = async (declared, target, context) => {
  context.step(`loading ${declared.module}`);
  const { run } = customProbe(declared.module, await context.loadModule(declared.module));
  context.signal.throwIfAborted();
  context.step(`running ${declared.module}`);
  const endpoint = "protocol" in target ? target : undefined;
  const found: unknown = await run({
    signal: context.signal,
    host: target.host,
    port: endpoint?.port,
    endpoint: endpoint && filled(endpoint, context),
    url: endpoint && context.fill(endpointUrl(endpoint)),
    with: declared.with,
    secret: (name) => secretOf(declared.secrets, name, context),
    step: context.step,
  });
  return finding(declared.module, found, context);
};

function customProbe(module: string, loaded: unknown): CustomProbe {
  const exported = (loaded as { readonly default?: Partial<CustomProbe> } | undefined)?.default;
  if (exported?.phasegate !== "probe" || typeof exported.run !== "function")
    throw new Error(`${module} has no default export made by probe()`);
  return exported as CustomProbe;
}

function filled(endpoint: Endpoint, { fill }: AttemptContext): FilledEndpoint {
  const password = "password" in endpoint ? endpoint.password : undefined;
  return { ...endpoint, password: password === undefined ? undefined : fill(password) };
}

function secretOf(secrets: Readonly<Record<string, Text>>, name: string, { fill }: AttemptContext): string {
  const text = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (text === undefined) throw new Error(`the declaration gives this probe no secret "${name}"`);
  return fill(text);
}

/** What came back, checked: a module may have been written in JavaScript. */
function finding(module: string, found: unknown, { redact }: AttemptContext): Finding {
  const {
    passed: hasPassed,
    text,
    permanent,
  } = (found ?? {}) as Partial<CustomFinding & { text: string; permanent: boolean }>;
  if (hasPassed === true) return passed;
  if (hasPassed !== false || typeof text !== "string")
    throw new Error(`${module} returned neither passed() nor failed()`);
  return failed(causeOf("custom", excerpt(redact(text), 400), permanent === true));
}
