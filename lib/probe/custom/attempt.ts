import { describeMs } from "../../core/duration.ts";
import { errorText } from "../../core/errors.ts";
import { mapValues } from "../../core/record.ts";
import type { CustomFinding, FilledEndpoint } from "../../model/custom-probe.ts";
import type { Endpoint } from "../../model/endpoint.ts";
import { endpointUrl } from "../../model/endpoint.ts";
import type { Text } from "../../model/text.ts";
import type { CustomSecret } from "../custom-module.ts";
import { shownBeginning } from "../custom-module.ts";
import { excerpt } from "../../core/excerpt.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext } from "../probe-kind.ts";

/** Runs a probe that the project has written itself. */
export const custom: Attempt<"custom"> = async (declared, target, context) => {
  const { module } = declared;
  context.step(`loading ${module}`);
  const { run } = await context.loadModule(module);
  context.signal.throwIfAborted();
  context.step(`running ${module}`);
  const endpoint = "protocol" in target ? target : undefined;
  const end = await run(
    {
      host: target.host,
      port: endpoint?.port,
      endpoint: endpoint && filled(endpoint, context),
      url: endpoint && context.fill(endpointUrl(endpoint)),
      with: declared.with,
      secrets: mapValues(declared.secrets, (text) => given(text, context)),
    },
    context,
  );
  switch (end.kind) {
    case "returned":
      return finding(module, end.found, context);
    case "broken":
      throw new Error(shownBeginning(end.text, context.redact));
    case "blocked":
      return failed(causeOf("timeout", blockedText(module, end.forMs, context)));
  }
};

function filled(endpoint: Endpoint, { fill }: AttemptContext): FilledEndpoint {
  const password = "password" in endpoint ? endpoint.password : undefined;
  const { tls, ...others } = endpoint;
  const optional = (text: Text | undefined) => (text === undefined ? undefined : fill(text));
  return {
    ...others,
    password: optional(password),
    ...(tls && {
      tls: { ...tls, ca: optional(tls.ca), certificate: optional(tls.certificate), key: optional(tls.key) },
    }),
  };
}

/** A secret without a value is missing only to a probe that asks for it. */
function given(text: Text, { fill }: AttemptContext): CustomSecret {
  try {
    return { value: fill(text) };
  } catch (error) {
    return { missing: errorText(error) };
  }
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
  return failed(causeOf("custom", excerpt(shownBeginning(text, redact), 400), permanent === true));
}

function blockedText(module: string, forMs: number, { timeout, currentStep }: AttemptContext): string {
  return (
    `no answer from ${module} within ${timeout} while ${currentStep()}: ` +
    `it blocked the thread for ${describeMs(forMs)}; a custom probe must not compute without awaiting`
  );
}
