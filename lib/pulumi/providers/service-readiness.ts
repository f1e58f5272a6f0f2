import type { dynamic } from "@pulumi/pulumi";
import { mapValues } from "../../core/record.ts";
import type { Expectation } from "../../model/plan.ts";
import { registrationOf } from "../../model/registration.ts";
import { changedInputs } from "./changed-inputs.ts";
import { coordinator } from "./coordinators.ts";
import type { ServiceReadinessInputs, ServiceReadinessOutputs } from "./readiness-inputs.ts";
import { announce } from "./readiness-notice.ts";
import { changeOf, doubtsOf, nextRun } from "./readiness-change.ts";
import { passwordWarnings } from "./password-warnings.ts";
import { rowWarning } from "./row-progress.ts";
import { shown } from "./shown.ts";
import { startContainer } from "./start-container.ts";
import { unknown } from "./unknown.ts";

const expectationKeys = [
  "validation",
  "level",
  "budget",
  "successThreshold",
  "failureThreshold",
  "failFast",
  "cadence",
  "restarts",
  "grace",
  "endpoint",
  "job",
  "probes",
] as const satisfies readonly (keyof Expectation)[];

const inputKeys = [
  ...["coordinator", "host", "service", "phase", "container", "dependencies", "rank", "secrets"],
  ...["run", "verification"],
  ...expectationKeys,
];

/** The services that are proven again though nothing of theirs has changed: their gates are, too, however soon they are ready. */
const provenAgain = new Set<string>();

/** Whether one of these services is proven again in this preview or update though nothing of it has changed. */
export function isProvenAgain(services: readonly string[]): boolean {
  return services.some((service) => provenAgain.has(service));
}

/** Starts the container if it is new, and tells the coordinator that it is there and what is expected of it: probing begins at that moment. */
async function expect(
  inputs: ServiceReadinessOutputs,
  { again, restartFor = [] }: { readonly again: boolean; readonly restartFor?: readonly string[] },
): Promise<ServiceReadinessOutputs> {
  const {
    service,
    phase,
    container,
    run,
    verification,
    dependencies,
    rank,
    secrets,
    keptPasswords = [],
  } = inputs;
  await startContainer(service, container, inputs.host);
  const client = await coordinator(inputs);
  // What is of an earlier phase is ready by now: its gate has opened.
  const restartAfter = restartFor.filter((needed) => dependencies?.[needed]?.samePhase);
  const { registration } = await client.call("expect", {
    service,
    phase,
    container,
    run,
    verification,
    again,
    needs: mapValues(dependencies ?? {}, ({ onChange }) => onChange),
    rank,
    ...(restartFor.length > 0 && { restartAfter }),
    expectation: expectationOf(inputs),
    keptPasswords: [...keptPasswords],
    secrets,
  });
  return { ...inputs, registration };
}

function expectationOf(inputs: ServiceReadinessInputs): Expectation {
  return Object.fromEntries(
    expectationKeys.flatMap((key) => (inputs[key] === undefined ? [] : [[key, inputs[key]]])),
  ) as unknown as Expectation;
}

/**
 * Decides which run this is, and whether it is proven again: as inputs, so that a preview knows them, and shows changes
 * of dependents and gates only where there will be some.
 */
export async function check(
  olds: Partial<ServiceReadinessOutputs>,
  news: ServiceReadinessInputs,
): Promise<dynamic.CheckResult> {
  const change = changeOf(olds, news);
  const doubts = change.replaced ? [] : await shown(doubtsOf(olds as ServiceReadinessOutputs, news));
  const next = nextRun(olds, news, change, doubts);
  const registration =
    next.run === unknown
      ? unknown
      : registrationOf({ container: news.container, ...next, expectation: expectationOf(news) });
  return { inputs: { ...news, ...next, registration } };
}

export async function create(inputs: ServiceReadinessOutputs): Promise<dynamic.CreateResult> {
  const outs = await shown(expect(inputs, { again: false }));
  return { id: `${inputs.phase}/${inputs.service}`, outs };
}

export async function update(
  _id: string,
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessOutputs,
): Promise<dynamic.UpdateResult> {
  const { replaced, restartFor } = changeOf(olds, news);
  return { outs: await shown(expect(news, { again: !replaced, restartFor })) };
}

/**
 * A changed expectation is told anew, in place. So is one that the coordinator has lost with its memory, and one
 * whose service has ended since it was ready.
 */
export async function diff(
  _id: string,
  olds: ServiceReadinessOutputs,
  news: ServiceReadinessOutputs,
): Promise<dynamic.DiffResult> {
  const change = changeOf(olds, news);
  const doubts = change.replaced ? [] : await shown(doubtsOf(olds, news));
  const changed = changedInputs({ ...olds }, { ...news }, inputKeys);
  const expected = changed.filter((key) => (expectationKeys as readonly string[]).includes(key));
  announce(news, change, doubts, expected);
  for (const text of passwordWarnings(olds, news)) rowWarning(news.row)(text);
  const stands = doubts.every(({ kind }) => kind === "unproven");
  if (!stands) provenAgain.add(news.service);
  return { changes: changed.length > 0 || !stands };
}
