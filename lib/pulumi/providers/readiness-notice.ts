import { stackCommand } from "../../model/stack-command.ts";
import type { ReadinessChange, ReadinessReason } from "./readiness-change.ts";
import { rowNotice } from "./row-progress.ts";
import { stackOf } from "./row.ts";
import type { ServiceReadinessInputs } from "./readiness-inputs.ts";

/** What has been said of the coordinator: it is one cause for all that it has proven, and said once. */
let coordinatorSaid = false;

/**
 * Says what an `up` does with a service, and why: one line a service, and one for all where the cause is the coordinator.
 * A container that is replaced stands in the preview by itself.
 * @param expected the parts of what is expected of the service that are others than before
 */
export function announce(
  news: ServiceReadinessInputs,
  change: ReadinessChange,
  staleReasons: readonly ReadinessReason[],
  expected: readonly string[],
): void {
  const { row } = news;
  const coordinator = staleReasons.find(({ kind }) => kind === "forgotten" || kind === "unreachable");
  if (coordinator && !coordinatorSaid) {
    coordinatorSaid = true;
    const what =
      coordinator.kind === "forgotten"
        ? "all services are proven again, and none is restarted for that"
        : "all gates are waited for again";
    rowNotice(row)(`${coordinator.text}: ${what}`);
  }
  const text = serviceNotice(news, change, staleReasons, expected);
  if (text !== undefined) rowNotice(row)(text);
}

/** What happens to one service, in words; undefined where nothing does, or a line for all says it. */
export function serviceNotice(
  { service, row, runs }: Pick<ServiceReadinessInputs, "service" | "row" | "runs">,
  { replaced, restartFor, revalidateFor, runsAgain }: ReadinessChange,
  staleReasons: readonly ReadinessReason[],
  expected: readonly string[],
): string | undefined {
  if (runsAgain === "replaced") {
    const unless = runs === "once" ? ", unless it has completed before" : "";
    return `${service} will be run again: its container is replaced${unless}`;
  }
  if (replaced) return undefined;
  const staleReason = (kind: ReadinessReason["kind"]) => staleReasons.find((one) => one.kind === kind);
  const [gone, ended, unknown] = (["gone", "ended", "unknown"] as const).map(staleReason);
  if (gone) return `${gone.text}: "${stackCommand(stackOf(row), "pulumi up --refresh")}" creates it again`;
  if (runsAgain === "everyUp") return `${service} will be run again: it runs at every up`;
  if (restartFor.length > 0) return `${service} will be restarted: ${because(restartFor)}`;
  if (ended) return `${service} will be started and proven again: ${ended.text}`;
  if (revalidateFor.length > 0) return `${service} will be proven again: ${because(revalidateFor)}`;
  if (expected.length > 0) return `${service} will be proven again: ${expectedText(expected)}`;
  if (unknown && !coordinatorSaid) return `${service} will be proven again: ${unknown.text}`;
  return undefined;
}

function because(needed: readonly string[]): string {
  return `${needed.join(" and ")}, which it needs, ${needed.length === 1 ? "is" : "are"} replaced or restarted`;
}

function expectedText(keys: readonly string[]): string {
  return `its readiness spec has changed (${keys.join(", ")})`;
}
