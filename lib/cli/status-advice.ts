import type { StackStatus } from "../model/control-answers.ts";
import { stackCommand, upCommand } from "../model/stack-command.ts";
import type { ServiceStatus } from "../model/status.ts";

/** What helps a stack that is not as it should be, a sentence each: at the root of what impairs others, once. */
export function statusAdvice({ services, held, drift }: StackStatus, stack: string): string[] {
  const command = (text: string) => `"${stackCommand(stack, `npx phasegate ${text}`)}"`;
  const byName = new Map(services.map((status) => [status.service, status]));
  const sentences = services.flatMap((status) => {
    const root = rootOf(status, byName);
    // What was changed on the engine is listed with what mends it.
    const isGone = drift.some(({ kind, service }) => kind === "gone" && service === root?.service);
    return root === undefined || isGone ? [] : adviceFor(root, command, stack);
  });
  const waits = services.some(({ state, cause }) => state === "restarting" || cause?.kind === "boot");
  if (held !== undefined && waits)
    sentences.push(`Failed services are restarted when the hold ends: ${command("release")} ends it.`);
  return [...new Set(sentences)];
}

/** The service that impairs another, or itself; undefined where that one is as it should be or not of this stack. */
function rootOf(
  status: ServiceStatus,
  byName: ReadonlyMap<string, ServiceStatus>,
): ServiceStatus | undefined {
  const { state, cause } = status;
  if (state === "ready") return undefined;
  const isOthers = cause?.service !== undefined && (state === "degraded" || state === "pending");
  return isOthers ? byName.get(cause.service) : status;
}

function adviceFor(
  { service, state, container, phase }: ServiceStatus,
  command: (text: string) => string,
  stack: string,
): string[] {
  switch (state) {
    case "ready":
    case "pending":
    case "starting":
    case "restarting":
      return [];
    case "degraded":
      return [
        `${service}: ${command(`validate ${service}`)} runs every probe once, now, and shows each result.`,
      ];
    case "stopped":
      return [`${service}: ${command(`start ${service}`)} starts it.`];
    case "givenUp":
      return [
        `${service}: "docker logs ${container}" shows why it does not work; once that is fixed, ${command(`restart ${service}`)} tries it again.`,
      ];
    case "failed":
      return [
        `${service}: ${command(`report --phase ${phase}`)} says why it failed; ${upCommand(stack)} or ${command(`restart ${service}`)} tries it again.`,
      ];
  }
}
