import type { FastifyBaseLogger } from "fastify";
import { reasonOf } from "./failure-reason.ts";

/** After this long what has not closed is cut off: an orchestrator's patience is finite, and so is a deployment's. */
const graceMs = 900;

/** Closes on SIGTERM or SIGINT, gracefully within a second, and exits with 0. A second signal exits at once. */
export function closeOnSignal(log: FastifyBaseLogger, close: () => Promise<void>): void {
  let closing = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, "closing");
    setTimeout(() => {
      log.warn({ graceMs }, "closed with work under way");
      process.exit(0);
    }, graceMs).unref();
    close().then(
      () => {
        log.info("closed");
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ reason: reasonOf(error) }, "did not close cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}
