import { createServer } from "node:net";
import { PhasegateError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { describeProblems } from "../core/problem.ts";
import { dockerClient } from "../engine/docker-engine.ts";
import { listeningProcess } from "../engine/listening-process.ts";
import type { Address, PortHolder } from "../engine/published-ports.ts";
import { portHolders } from "../engine/published-ports.ts";
import { coordinatorName } from "../model/check-declaration.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { stackCommand } from "../model/stack-command.ts";
import type { PortClaims } from "./port-claims.ts";
import { judgeClaims } from "./port-claims.ts";

/** @throws PhasegateError PHASEGATE_PORT_TAKEN with every port that a service cannot have, and its holder */
export async function checkPorts(plan: LifecyclePlan, host: string | undefined): Promise<void> {
  const { taken, unheld } = judgeClaims(portClaims(plan), await portHolders(dockerClient(host)));
  const problems = taken.map(({ service, address, holder }): Problem =>
    takenBy(service, address, containerText(holder)),
  );
  if (isLocal(host)) {
    for (const { service, address } of unheld) {
      if (await isFree(address)) continue;
      const process = await listeningProcess(address.port);
      problems.push(
        takenBy(
          service,
          address,
          `${process === undefined ? "another process" : `the process ${process}`} on this machine`,
        ),
      );
    }
  }
  if (problems.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_PORT_TAKEN",
    `nothing was changed: ports that ${engineName(plan)} publishes are taken:\n${describeProblems(problems)}\n` +
      "End what holds them, or have the stack publish others: all of them by " +
      `${stackCommand(plan.stack, "pulumi config set portBase NUMBER")}, one by the service's publish in the declaration.`,
  );
}

/** What the services of a plan publish, and the coordinator. */
export function portClaims({ name, stack, services, metrics }: LifecyclePlan): PortClaims {
  const claims = Object.entries({
    ...services,
    [coordinatorName]: { published: metrics?.published },
  }).flatMap(([service, { published }]) =>
    published === undefined ? [] : [[service, { ip: published.ip, port: published.port }] as const],
  );
  return { declaration: name, stack, claims: Object.fromEntries(claims) };
}

function takenBy(service: string, { ip, port }: Address, holder: string): Problem {
  return { path: service, message: `port ${ip}:${port} is taken by ${holder}` };
}

function containerText({ name, labels }: PortHolder): string {
  const { "phasegate.stack": stack, "phasegate.declaration": declaration } = labels;
  return stack === undefined || declaration === undefined
    ? `the container ${name}`
    : `the container ${name} of the stack ${stack} of ${declaration}`;
}

/** Of a remote engine's machine the containers are known, and no process: a port that one holds there the engine refuses. */
function isLocal(host = process.env["DOCKER_HOST"] ?? ""): boolean {
  return host === "" || host.startsWith("unix:");
}

/** Only "in use" is an answer: a low port that this user may not open is open to the engine. */
function isFree({ ip, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "EADDRINUSE"));
    server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
