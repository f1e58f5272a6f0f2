import { createServer } from "node:net";
import type Docker from "dockerode";
import { PhasegateError } from "../core/errors.ts";
import { describeProblems } from "../core/problem.ts";
import type { Problem } from "../core/problem.ts";
import { bundleReference } from "../engine/bundle-image.ts";
import { answeredSoon, dockerClient } from "../engine/docker-engine.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { stackCommand } from "../model/stack-command.ts";
import { coordinatorImage } from "./coordinator-image.ts";

/**
 * Asks before anything is created what would fail in the middle: are the files there that images are built
 * from, does the engine answer, and are the ports free that containers not yet running will take? Runs in
 * previews too.
 * @throws PhasegateError PHASEGATE_IMAGE_BUILD_FAILED, PHASEGATE_ENGINE_UNREACHABLE, PHASEGATE_PORT_TAKEN with
 *   every port and its holder
 */
export async function preflight(plan: LifecyclePlan, host: string | undefined): Promise<void> {
  await askForSources(plan);
  const containers = await answeredSoon((soon) => dockerClient(host).listContainers(soon));
  const problems = await Promise.all(
    Object.entries(plan.services).map(async ([service, { published }]): Promise<Problem[]> => {
      if (published === undefined || isOwn(containers, engineName(plan, service))) return [];
      const { ip, port } = published;
      const holder = containers.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
      if (holder)
        return [{ path: service, message: `port ${ip}:${port} is taken by the container ${nameOf(holder)}` }];
      return isLocal(host) && !(await isFree(ip, port))
        ? [{ path: service, message: `port ${ip}:${port} is taken by another process on this machine` }]
        : [];
    }),
  );
  const taken = problems.flat();
  if (taken.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_PORT_TAKEN",
    `nothing was changed: ports that ${engineName(plan)} publishes are taken:\n${describeProblems(taken)}\n` +
      `End what holds them, or give the stack other ports: ${stackCommand(plan.stack, "pulumi config set portBase NUMBER")}`,
  );
}

/** A file that is missing is told of here: inside a resource's inputs it would end the program with a stack trace. */
async function askForSources(plan: LifecyclePlan): Promise<void> {
  const coordinator = coordinatorImage(plan);
  await bundleReference(process.cwd(), coordinator.bundle, coordinator.parts);
  for (const { image } of Object.values(plan.services))
    if ("bundle" in image) await bundleReference(process.cwd(), image.bundle);
}

function isOwn(containers: readonly Docker.ContainerInfo[], name: string): boolean {
  return containers.some((container) => nameOf(container) === name);
}

function nameOf({ Names: [name = ""] }: Docker.ContainerInfo): string {
  return name.replace(/^\//, "");
}

/** A remote engine's ports cannot be tried from here; the engine itself will say. */
function isLocal(host = process.env["DOCKER_HOST"] ?? ""): boolean {
  return host === "" || host.startsWith("unix:");
}

function isFree(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
