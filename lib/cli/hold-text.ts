import { describeMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import type { Held } from "../model/control-answers.ts";
import { stackCommand } from "../model/stack-command.ts";

/** Until when a stack is held, and why: `until 2026-11-24 14:33:12 UTC ("an upgrade")`. */
export function untilText({ untilMs, why }: Held): string {
  return `until ${instantText(untilMs)}${why === undefined ? "" : ` ("${why}")`}`;
}

/** What a hold means, for whoever looks at the stack. */
export function heldText(held: Held, nowMs: number, stack: string): string {
  const release = stackCommand(stack, "npx phasegate release");
  return `Held ${untilText(held)}, ${describeMs(Math.max(0, held.untilMs - nowMs))} more: what fails meanwhile is noticed, and not restarted. "${release}" ends that.`;
}
