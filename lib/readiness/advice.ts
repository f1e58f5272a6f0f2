import { toDuration } from "../core/duration.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import { stackCommand } from "../model/stack-command.ts";
import { refusalMeaning } from "../model/start-refusal.ts";
import type { MinReadyStatus } from "../model/status.ts";
import { causeAdvice } from "./cause-advice.ts";
import type { Failed } from "./failed.ts";
import type { Exit } from "./service-container.ts";
import { restartMayHeal } from "./service-container.ts";

/** What to try, a sentence each, the likeliest first. */
export function adviceFor(failed: Failed): string[] {
  const { status, spec, reason, exit, stack } = failed;
  const { service, container, phase, probes } = status;
  const waitingHelps = !probes.some(({ passing, lastCause }) => !passing && lastCause?.permanent);
  const byReason = {
    gone: () => ["It was removed outside of Pulumi. The same command creates it again."],
    exited: () => (exit ? [exitAdvice(exit), ...(restartMayHeal(exit) ? [] : [notRestarted])] : []),
    stopped: () => ["Somebody stopped it through the container engine. The same command starts it again."],
    permanent: () => causeAdvice(failed),
    givenUp: () => causeAdvice(failed),
    outage: () => causeAdvice(failed),
    deadline: () => [
      ...causeAdvice(failed),
      ...(status.minReady?.interrupted ? [stayingAdvice(status.minReady)] : []),
      ...(waitingHelps ? [budgetAdvice(phase, spec)] : []),
    ],
  };
  const commands = [
    `"${stackCommand(stack, `npx phasegate validate ${service}`)}" runs every probe once, now, and shows each result.`,
    ...(spec.external ? [] : [`"docker logs ${container}" shows its whole log.`]),
  ];
  return [...byReason[reason](), ...(reason === "gone" ? [] : commands)];
}

function stayingAdvice({ forMs }: MinReadyStatus): string {
  return `It became ready, but did not stay ready for the ${toDuration(forMs)} of its minReady: its log should say why it stopped answering.`;
}

function budgetAdvice(phase: string, { budget, job }: ReadinessSpec): string {
  const needs = job ? `If the job needs longer than ${budget}` : `If it needs longer than ${budget} to start`;
  return `${needs}, raise the timeout of the phase ${phase} in the declaration, or startupTimeoutMultiplier in this environment's config.`;
}

const notRestarted =
  "It was not restarted: a command that does not exist now will not exist the next time either.";

function exitAdvice({ code, outOfMemory, startError }: Exit): string {
  if (startError !== "") {
    const { cause, remedy } = refusalMeaning(startError);
    return `The engine could not start it: ${cause}. ${remedy}`;
  }
  if (outOfMemory)
    return "It was killed because it used more memory than its limit: raise the limit, or make it use less.";
  switch (code) {
    case 126:
      return "Its command could not be executed: check the command, and that the file in the image is executable.";
    case 127:
      return "Its command was not found in the image: check the image and the command.";
    case 137:
      return "It was killed with SIGKILL: by somebody, or because the machine ran out of memory.";
    case 143:
      return "It was terminated with SIGTERM: somebody or something outside stopped it.";
    default:
      return "Its last lines may say why it exited: correct its settings in the declaration or the config.";
  }
}
