import type { Socket } from "node:net";
import { systemClock } from "../../lib/core/clock.ts";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { resolveProbe } from "../../lib/model/resolve-probe.ts";
import type { ServiceKind } from "../../lib/model/service.ts";
import type { Outcome } from "../../lib/probe/outcome.ts";
import type { RunProbeOptions } from "../../lib/probe/run-probe.ts";
import { runProbe } from "../../lib/probe/run-probe.ts";
import { safeText } from "../../lib/redaction/safe-text.ts";
import { containerView } from "./container-view.ts";
import type { Loopback } from "./loopback.ts";
import { closedPort, listen } from "./loopback.ts";
import { sourceThreads } from "./source-threads.ts";

/** The secrets of the tests; their values must never be seen in an outcome. */
export const secrets = { password: "s3cr3t/pässword", wrong: "wr0ng+password" };

/** As the coordinator does it, but from the source. */
const loadModule = sourceThreads();

/** Runs one attempt with the machine's clock. */
export function attempt(
  probe: DeclaredProbe,
  endpoint?: Endpoint,
  options: Partial<RunProbeOptions> = {},
  host = "127.0.0.1",
): Promise<Outcome> {
  return runProbe(resolveProbe(probe, serviceKindOf(endpoint)), host, endpoint, {
    clock: systemClock,
    secrets,
    redact: safeText(Object.values(secrets)),
    container: containerView(),
    loadModule,
    ...options,
  });
}

/** The kind of service that is reached so. */
function serviceKindOf(endpoint: Endpoint | undefined): ServiceKind {
  if (endpoint === undefined || endpoint.protocol === "tcp" || endpoint.protocol === "udp")
    return "container";
  return endpoint.protocol === "amqp" ? "rabbitmq" : endpoint.protocol;
}

/** Whether the client's side of every connection is closed; a moment is allowed for the news to arrive. */
export async function nothingOpen(server: Loopback): Promise<boolean> {
  for (let tries = 0; tries < 1000 && server.open() > 0; tries += 1) await systemClock.sleep(10);
  return server.open() === 0;
}

/** An outcome's cause as tests compare it: the address, which is another in every run, reads "server:1". */
export function reportOf(outcome: Outcome, { host, port }: Pick<Loopback, "host" | "port">): string {
  if (outcome.status === "passed") return "passed";
  const { code, permanent, text } = outcome.cause;
  return `${outcome.status}, ${code}${permanent ? ", permanent" : ""}: ${text.replaceAll(`${host}:${port}`, "server:1")}`;
}

/** Runs an attempt against a server that behaves so, makes sure that it left no connection open, and describes its outcome. */
export async function against(
  behave: (socket: Socket) => void,
  probe: DeclaredProbe,
  endpointAt: (at: { host: string; port: number }) => Endpoint,
): Promise<string> {
  await using server = await listen(behave);
  const outcome = await attempt(probe, endpointAt(server));
  if (!(await nothingOpen(server)))
    throw new Error(`the attempt left a connection open; its outcome: ${reportOf(outcome, server)}`);
  return reportOf(outcome, server);
}

/** Runs an attempt against a port that nothing listens on. */
export async function againstNobody(
  probe: DeclaredProbe,
  endpointAt: (at: { host: string; port: number }) => Endpoint,
): Promise<string> {
  const at = { host: "127.0.0.1", port: await closedPort() };
  return reportOf(await attempt(probe, endpointAt(at)), at);
}
