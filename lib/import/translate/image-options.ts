import type { Report } from "../read/note.ts";
import { shown } from "../read/taint.ts";
import type { Carrier } from "./carried.ts";
import type { Kinded } from "./kinds.ts";

/** Carries over which of the images that a reference may mean is taken, and when it is pulled. */
export function carryImageOptions({ name, service }: Kinded, carrier: Carrier, note: Report): void {
  carrier.value("platform", "platform", service["platform"]);
  const policy = service["pull_policy"];
  // An image that is built is in no registry; compose's "build" says no more than that.
  if (typeof policy !== "string" || service.build !== undefined) return;
  if (policy === "always" || policy === "never") carrier.value("pull_policy", "pull", policy);
  else if (/^(?:refresh|daily|weekly|every_)/.test(policy))
    note("lost", `services.${name}.pull_policy`, `${shown(policy)}: pull is "missing", "always" or "never"`);
}
