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
    gone: () => ["It was removed by other means than Pulumi. The same command creates it again."],
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
    `"${stackCommand(stack, `npx phasegate validate ${service}`)}" asks every probe once, now, and shows each answer.`,
    ...(spec.external ? [] : [`"docker logs ${container}" shows all that it has written.`]),
  ];
  return [...byReason[reason](), ...(reason === "gone" ? [] : commands)];
}

function stayingAdvice({ forMs }: MinReadyStatus): string {
  return `It became ready, and did not stay so for the ${toDuration(forMs)} of its minReady: its log should say why it stopped answering.`;
}

function budgetAdvice(phase: string, { budget, job }: ReadinessSpec): string {
  const needs = job ? "If the job rightly takes longer" : "If it rightly needs longer to start";
  return `${needs} than ${budget}, raise the timeout of the phase ${phase} in the declaration, or startupTimeoutMultiplier in this environment's config.`;
}

const notRestarted =
  "It was not started again: a command that is not there will not be there the next time either.";

function exitAdvice({ code, outOfMemory, startError }: Exit): string {
  if (startError !== "") {
    const { cause, remedy } = refusalMeaning(startError);
    return `The engine could not start it: ${cause}. ${remedy}`;
  }
  if (outOfMemory)
    return "It was killed for using more memory than it may: give it more, or make it use less.";
  switch (code) {
    case 126:
      return "Its command could not be executed: check the command, and that the file in the image is executable.";
    case 127:
      return "Its command was not found in the image: check the image and the command.";
    case 137:
      return "It was killed with SIGKILL: by somebody, or by a machine that has run out of memory.";
    case 143:
      return "It was ended with SIGTERM: somebody or something outside has stopped it.";
    default:
      return "Its last lines say why it ended, if it said anything; correct its settings in the declaration or the config.";
  }
}
