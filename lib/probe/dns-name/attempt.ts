import { Resolver } from "node:dns/promises";
import type { ProbeOf } from "../../model/probe.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";

/** How long one question waits for its answer before it is sent again: a lost packet is no finding. */
const questionMs = 1000;

/** Looks a name up, IPv4 and IPv6 at the same time, and counts the addresses. */
export const dnsName: Attempt<"dns-name"> = async (probe, _target, context) => {
  const { name, server } = probe;
  const resolver = new Resolver({ timeout: questionMs, tries: 100, maxTimeout: questionMs });
  if (server !== undefined) resolver.setServers([server]);
  const cancel = () => resolver.cancel();
  context.signal.addEventListener("abort", cancel, { once: true });
  context.step(`looking up ${name}`);
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return judge(probe, answers);
  } finally {
    context.signal.removeEventListener("abort", cancel);
  }
};

function judge(
  { name, addresses: { atLeast } }: ProbeOf<"dns-name">,
  answers: readonly PromiseSettledResult<string[]>[],
): Finding {
  const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (found.length >= atLeast) return passed;
  const reasons = answers.flatMap((answer) =>
    answer.status === "rejected" ? [answer.reason as unknown] : [],
  );
  const trouble = reasons.find((reason) => !noSuchName.has(codeOf(reason)));
  if (trouble !== undefined) return failed(lookupCause(name, trouble));
  if (found.length === 0) return failed(causeOf("dns", `the name ${name} has no address`));
  return failed(
    causeOf(
      "dns",
      `the name ${name} has ${found.length} of ${atLeast} addresses: ${found.slice(0, 10).join(", ")}`,
    ),
  );
}

/** What c-ares calls a name that does not exist, or has no address of the kind asked for. */
const noSuchName = new Set(["ENOTFOUND", "ENODATA"]);
/** What c-ares calls a name server that could not answer. */
const troubles: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens where the name server should be",
  ETIMEOUT: "the name server does not answer",
  ESERVFAIL: "the name server has failed",
  EREFUSED: "the name server refuses the question",
  ENOTIMP: "the name server does not know such questions",
  EFORMERR: "the name server does not understand the question",
};

function lookupCause(name: string, error: unknown) {
  const code = codeOf(error);
  if (code === "EBADNAME") return causeOf("dns", `${name} is no name that could have an address`, true);
  if (code === "EBADRESP")
    return causeOf("protocol", `the name server answered the question for ${name}, but not in DNS`);
  const trouble = troubles[code];
  if (trouble !== undefined) return causeOf("dns", `the name ${name} cannot be looked up now: ${trouble}`);
  throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
