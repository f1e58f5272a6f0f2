import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { Clock } from "../core/clock.ts";
import { systemClock } from "../core/clock.ts";
import { PhasegateError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { describeProblems } from "../core/problem.ts";
import { dockerClient } from "../engine/docker-engine.ts";
import { listeningProcess } from "../engine/listening-process.ts";
import type { Address, PortHolder } from "../engine/published-ports.ts";
import { portHolders } from "../engine/published-ports.ts";
import { addressText, publishedPorts } from "../model/container/ports.ts";
import { coordinatorName } from "../model/coordinator-process.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { stackCommand } from "../model/stack-command.ts";
import type { PortClaims } from "./port-claims.ts";
import { judgeClaims } from "./port-claims.ts";

/** @throws PhasegateError PHASEGATE_PORT_TAKEN with every port that a service cannot have, and its holder */
export async function checkPorts(plan: LifecyclePlan, host: string | undefined): Promise<void> {
  const docker = dockerClient(host);
  const problems = await takenPorts(portClaims(plan), {
    holders: () => portHolders(docker),
    isFree: isLocalEngine(host) ? isFree : async () => true,
    process: listeningProcess,
    clock: systemClock,
  });
  if (problems.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_PORT_TAKEN",
    `nothing was changed: ports that ${engineName(plan)} publishes are taken:\n${describeProblems(problems)}\n` +
      "End what holds them, or have the stack publish others: all of them by " +
      `${stackCommand(plan.stack, "pulumi config set portBase NUMBER")}, one by the service's publish or ports in the declaration.`,
  );
}

/** Who is asked about ports. */
export interface PortQuestions {
  readonly holders: () => Promise<readonly PortHolder[]>;
  /** Whether nothing on the machine listens there. */
  readonly isFree: (address: Address) => Promise<boolean>;
  /** The process that listens on a port; undefined where that cannot be known. */
  readonly process: (port: number, protocol?: "udp") => Promise<string | undefined>;
  readonly clock: Pick<Clock, "sleep">;
}

/** The engine's own processes, which listen for containers. */
const engineProcess = /^(docker-proxy|rootlesskit)\b/;

/** A container that is being started has its port before the engine lists it: how often the list is asked for, and how soon again. */
const startsWithin = { times: 15, everyMs: 200 };

/** Every port that a service cannot have, with who has it. */
export async function takenPorts(
  claims: PortClaims,
  { holders, isFree, process, clock }: PortQuestions,
): Promise<Problem[]> {
  for (let asked = 1; ; asked++) {
    const { taken, unheld } = judgeClaims(claims, await holders());
    const problems = taken.map(({ service, address, holder }) =>
      takenBy(service, address, containerText(holder)),
    );
    let mayBeStarting = false;
    for (const { service, address } of unheld) {
      if (await isFree(address)) continue;
      const listener = await process(address.port, address.protocol);
      mayBeStarting ||= listener === undefined || engineProcess.test(listener);
      const who = listener === undefined ? "another process" : `the process ${listener}`;
      problems.push(takenBy(service, address, `${who} on this machine`));
    }
    if (!mayBeStarting || asked === startsWithin.times) return problems;
    await clock.sleep(startsWithin.everyMs);
  }
}

/** What the services of a plan publish, and the coordinator. */
export function portClaims({ name, stack, services, metrics }: LifecyclePlan): PortClaims {
  const publishing: Readonly<Record<string, Parameters<typeof publishedPorts>[0]>> = {
    ...services,
    [coordinatorName]: { published: metrics?.published },
  };
  const claims = Object.entries(publishing).flatMap(([service, one]) => {
    const addresses = publishedPorts(one).map(({ ip, port, protocol }): Address => ({
      ip,
      port,
      ...(protocol === "udp" && { protocol }),
    }));
    return addresses.length === 0 ? [] : [[service, addresses] as const];
  });
  return { declaration: name, stack, claims: Object.fromEntries(claims) };
}

function takenBy(service: string, address: Address, holder: string): Problem {
  return { path: service, message: `port ${claimText(address)} is taken by ${holder}` };
}

function containerText({ name, labels }: PortHolder): string {
  const { "phasegate.stack": stack, "phasegate.declaration": declaration } = labels;
  return stack === undefined || declaration === undefined
    ? `the container ${name}`
    : `the container ${name} of the stack ${stack} of ${declaration}`;
}

/** Of a remote engine's machine the containers are known, and no process: a port that one holds there the engine refuses. */
export function isLocalEngine(host = process.env["DOCKER_HOST"] ?? ""): boolean {
  return host === "" || host.startsWith("unix:");
}

/** An address as people know it: "127.0.0.1:15053/udp". */
export function claimText({ ip, port, protocol }: Address): string {
  return `${addressText({ ip, port })}${protocol === "udp" ? "/udp" : ""}`;
}

/** Only "in use" is an answer: a low port that this user may not open is open to the engine. */
function isFree({ ip, port, protocol }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const refused = ({ code }: NodeJS.ErrnoException) => resolve(code !== "EADDRINUSE");
    if (protocol === "udp") {
      const socket = createSocket({ type: ip.includes(":") ? "udp6" : "udp4" });
      socket.once("error", refused);
      socket.bind({ address: ip, port, exclusive: true }, () => socket.close(() => resolve(true)));
      return;
    }
    const server = createServer();
    server.once("error", refused);
    server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
