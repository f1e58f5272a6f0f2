import type { StackStatus } from "../model/control-answers.ts";
import { stackCommand, upCommand } from "../model/stack-command.ts";
import type { ServiceStatus } from "../model/status.ts";

/** What helps a stack that is not as it should be, a sentence each: at the root of what impairs others, once. */
export function statusAdvice({ services, held }: StackStatus, stack: string): string[] {
  const command = (text: string) => `"${stackCommand(stack, `npx phasegate ${text}`)}"`;
  const byName = new Map(services.map((status) => [status.service, status]));
  const sentences = services.flatMap((status) => {
    const root = rootOf(status, byName);
    return root === undefined ? [] : adviceFor(root, command, stack);
  });
  const waits = services.some(({ state, cause }) => state === "restarting" || cause?.kind === "boot");
  if (held !== undefined && waits)
    sentences.push(`What has failed is restarted when the hold ends: ${command("release")} ends it.`);
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
  { service, state, container, cause, phase }: ServiceStatus,
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
        `${service}: ${command(`validate ${service}`)} asks every probe once, now, and shows each answer.`,
      ];
    case "stopped":
      return isGone(cause?.text)
        ? [`${service}: ${upCommand(stack)} creates its container again.`]
        : [`${service}: ${command(`start ${service}`)} starts it.`];
    case "givenUp":
      return [
        `${service}: "docker logs ${container}" shows why it does not work; once that is mended, ${command(`restart ${service}`)} tries it again.`,
      ];
    case "failed":
      return [
        `${service}: ${command(`report --phase ${phase}`)} says why it has failed; ${upCommand(stack)} or ${command(`restart ${service}`)} tries it again.`,
      ];
  }
}

function isGone(text: string | undefined): boolean {
  return text?.includes("container is gone") === true;
}
