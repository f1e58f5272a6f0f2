import { hostname } from "node:os";
import { connectEngine } from "../engine/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import type { History } from "../history/history.ts";
import { openHistory } from "../history/open-history.ts";
import { runProbe } from "../probe/run-probe.ts";
import type { EdgeDependencies } from "./edges.ts";
import { customModules } from "./probing/custom-modules.ts";
import type { Answer } from "./requests.ts";
import { requests } from "./requests.ts";
import type { ServicesDependencies, Services } from "./services.ts";
import { services as createServices } from "./services.ts";

/** The coordinator's parts on the real engine, with the real probes. */
export function load({
  labels,
  historyFile,
  ...dependencies
}: Omit<ServicesDependencies, "engine" | "runAttempt" | "recorder"> &
  Pick<EdgeDependencies, "labels"> & { readonly historyFile: string }): {
  readonly engine: Engine;
  readonly history: History;
  readonly services: Services;
  readonly answers: Answer;
} {
  const { clock, log, redaction } = dependencies;
  // A container's host name is its id, unless somebody gives it another.
  const engine = connectEngine({ self: hostname() });
  const history = openHistory(historyFile, log);
  const loadModule = customModules({ log, redact: redaction.redact });
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
        loadModule,
        signal,
      }),
  });
  return {
    engine,
    history,
    services,
    answers: requests(services, history, { ...dependencies, engine, labels }),
  };
}
