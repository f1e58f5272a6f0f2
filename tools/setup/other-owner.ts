import type { LifecyclePlan } from "../../lib/model/plan.ts";
import { SetupError } from "../bootstrap/setup-error.mjs";
import type { EngineThing } from "./engine-contents.ts";
import { ofStack } from "./engine-contents.ts";
import type { StackState } from "./stack-state.ts";

/**
 * A stack is known by its name on the engine. What carries the name and is not in this state belongs to another one:
 * Pulumi would find its names taken, one after the other, in the middle of an `up`.
 * @throws SetupError naming what is there, and both ways on
 */
export function requireOwnStack(
  { name: declaration, stack }: Pick<LifecyclePlan, "name" | "stack">,
  { resources }: StackState,
  things: readonly EngineThing[],
): void {
  const known = new Set(resources.map(({ id }) => id));
  // A volume outlives its stack, and the next one takes it over.
  const unknown = ofStack(things, { stack, declaration }).filter(
    ({ kind, id }) => kind !== "volume" && !known.has(id),
  );
  if (unknown.length === 0) return;
  const names = unknown.map(({ name }) => name).sort();
  throw new SetupError(
    `stack ${stack} of ${declaration} is on this engine already, and this checkout's state does not know it: ${names.join(", ")}.\n` +
      "Another checkout has brought it up, or its state is gone.\n" +
      `Take it away: npm run down -- --stack ${stack} (here or there; --volumes takes its data too).\n` +
      "Or bring up a stack of another name beside it: write a Pulumi.NAME.yaml with a portBase of its own.",
  );
}
