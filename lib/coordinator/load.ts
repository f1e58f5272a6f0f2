import { hostname } from "node:os";
import { connectEngine } from "../engine/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import type { DesiredStore } from "../desired/desired-store.ts";
import { openDesired } from "../desired/open-desired.ts";
import type { History } from "../history/history.ts";
import { openHistory } from "../history/open-history.ts";
import { usableDatabase } from "../history/usable-database.ts";
import { runProbe } from "../probe/run-probe.ts";
import { loadCustomModule } from "./probing/custom-modules.ts";
import type { EdgeDependencies } from "./probing/edges.ts";
import type { Answer } from "./requests.ts";
import { requests } from "./requests.ts";
import type { ServicesDependencies, Services } from "./services.ts";
import { services as createServices } from "./services.ts";

/** The coordinator's parts on the real engine, with the real probes. */
export function load({
  labels,
  historyFile,
  sealKey,
  ...dependencies
}: Omit<ServicesDependencies, "engine" | "runAttempt" | "recorder"> &
  Pick<EdgeDependencies, "labels"> & {
    readonly historyFile: string;
    /** The key of the secrets that are kept: see lib/desired. */
    readonly sealKey: string | undefined;
  }): {
  readonly engine: Engine;
  readonly history: History;
  /** In the same database, which the history closes. */
  readonly desired: DesiredStore;
  readonly services: Services;
  readonly answers: Answer;
} {
  const { clock, log, redaction } = dependencies;
  // A container's host name is its id, unless somebody gives it another.
  const engine = connectEngine({ self: hostname() });
  const database = usableDatabase(historyFile, log);
  const history = openHistory(database, log);
  const desired = openDesired(database, { key: sealKey, stack: labels["phasegate.stack"], say: log });
  const services = createServices({
    ...dependencies,
    stack: labels["phasegate.stack"],
    engine,
    recorder: history,
    runAttempt: (probe, { service, endpoint, secrets, container, signal }) =>
      runProbe(probe, endpoint?.host ?? service, endpoint, {
        clock,
        secrets,
        redact: redaction.redact,
        container,
        loadModule: loadCustomModule,
        signal,
      }),
  });
  return {
    engine,
    history,
    desired,
    services,
    answers: requests(services, history, { ...dependencies, engine, labels }),
  };
}
