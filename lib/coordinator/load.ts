import { hostname } from "node:os";
import { connectEngine } from "../engine/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import type { History } from "../history/history.ts";
import { openHistory } from "../history/open-history.ts";
import { runProbe } from "../probe/run-probe.ts";
import { loadCustomModule } from "./custom-modules.ts";
import type { EdgeMeans } from "./edges.ts";
import type { Answer } from "./requests.ts";
import { requests } from "./requests.ts";
import type { Means, Services } from "./services.ts";
import { services as createServices } from "./services.ts";

/** The coordinator's parts on the real engine, with the real probes. */
export function load({
  labels,
  historyFile,
  ...means
}: Omit<Means, "engine" | "runAttempt" | "recorder"> &
  Pick<EdgeMeans, "labels"> & { readonly historyFile: string }): {
  readonly engine: Engine;
  readonly history: History;
  readonly services: Services;
  readonly answers: Answer;
} {
  const { clock, log, redaction } = means;
  // A container's host name is its id, unless somebody gives it another.
  const engine = connectEngine({ self: hostname() });
  const history = openHistory(historyFile, log);
  const services = createServices({
    ...means,
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
    services,
    answers: requests(services, history, { ...means, engine, labels }),
  };
}
