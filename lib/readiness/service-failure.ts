import type { LastGood, ServiceFailure, ServiceStatus } from "../model/status.ts";
import type { KeptPassword } from "../model/kept-passwords.ts";
import { cut } from "../core/excerpt.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import { adviceFor } from "./advice.ts";
import type { Exit, ServiceContainer } from "./service-container.ts";

/** What is known of a failure besides the service's status. */
export interface FailureFacts {
  readonly reason: ServiceFailure["reason"];
  readonly usedMs: number;
  readonly exit: Exit | undefined;
}

/** What helps to find the cause and to mend it. */
export interface Evidence {
  /** The stack's name, for commands; undefined where it is not known. */
  readonly stack: string | undefined;
  /** The passwords that the service keeps in its volumes. */
  readonly keptPasswords: readonly KeptPassword[];
  /** The container's last lines. */
  readonly logs: readonly string[];
  readonly lastGood: LastGood | undefined;
}

/** A service's failure, with what to try. `status` is as of the moment of failing. */
export function serviceFailure(
  status: ServiceStatus,
  spec: ReadinessSpec,
  { reason, usedMs, exit }: FailureFacts,
  { logs, lastGood, stack, keptPasswords }: Evidence,
): ServiceFailure {
  return {
    service: status.service,
    reason,
    status,
    usedMs,
    exit,
    logs,
    lastGood,
    advice: adviceFor({ status, spec, reason, exit, stack, keptPasswords }),
  };
}

const keptLines = 20;
const keptColumns = 300;

/** The container's last lines, bounded; none where it or the engine is gone: the failure itself must be reported in any case. */
export async function lastLines(container: Pick<ServiceContainer, "logs">): Promise<readonly string[]> {
  try {
    return (await container.logs(keptLines)).map((line) => cut(line, keptColumns));
  } catch {
    return [];
  }
}
