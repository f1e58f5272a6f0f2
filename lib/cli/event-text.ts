import { instantText } from "../core/instant.ts";
import type { HoldChange } from "../model/control-answers.ts";
import type { Transition } from "../model/transition.ts";
import { untilText } from "./hold-text.ts";

/** "degraded → restarting" */
const changeWidth = "restarting → restarting".length;

/** A transition in one line: `2026-11-24 14:03:12 UTC  redis  ready → restarting  exited with code 137 (incident 3)`. */
export function eventLine(
  { atMs, service, from, to, cause, incident }: Transition,
  serviceWidth: number,
): string {
  // Only why it is so is another.
  const change = (from === to ? to : `${from} → ${to}`).padEnd(changeWidth);
  const of = incident === undefined ? "" : ` (incident ${incident})`;
  return `${instantText(atMs)}  ${service.padEnd(serviceWidth)}  ${change}  ${cause.text}${of}`;
}

/** That a hold has begun, is another, or has ended. */
export function holdLine({ atMs, held }: HoldChange): string {
  return `${instantText(atMs)}  ${held === undefined ? "the stack is held no more" : `the stack is held ${untilText(held)}`}`;
}

/** An event as a line of JSON; a hold that has ended is null there. */
export function eventJson(event: Transition | HoldChange): string {
  return JSON.stringify("seq" in event ? event : { atMs: event.atMs, held: event.held ?? null });
}

/** The width of a column that these names fit in. */
export function widthOf(services: readonly string[]): number {
  return Math.max(0, ...services.map((service) => service.length));
}
