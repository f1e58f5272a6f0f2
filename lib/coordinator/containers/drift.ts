import type { ContainerSummary } from "../../engine/engine.ts";
import { coordinatorName } from "../../model/coordinator-process.ts";
import { stackCommand } from "../../model/stack-command.ts";
import type { LimitDrift } from "./limit-drift.ts";

/** What an `up` has applied of a service's container, as far as it is known. */
export interface AppliedContainer {
  readonly service: string;
  /** The container's id. */
  readonly workload: string;
  /** The container's name on the engine. */
  readonly name?: string | undefined;
  /** The image's reference, and its id. */
  readonly image?: { readonly reference: string; readonly id?: string | undefined } | undefined;
  /** The names of the networks that it was put on. */
  readonly networks?: readonly string[] | undefined;
  /** The settings that somebody has given it since, in words. */
  readonly altered?: readonly string[];
  /** Its limits that are others than were applied. */
  readonly limits?: readonly LimitDrift[];
}

/** Where the engine has something else than what was applied. */
export interface Drift {
  /**
   * - `gone`: the service has no container
   * - `replaced`: another container has its place
   * - `changed`: its container is not as it was created
   * - `added`: a container with the stack's labels that no service has
   */
  readonly kind: "gone" | "replaced" | "changed" | "added";
  /** Undefined with `added`. */
  readonly service: string | undefined;
  /** What is the matter: "redis is paused". */
  readonly text: string;
  /** The command that mends it. */
  readonly command: string;
}

/**
 * What somebody has changed on the engine since the last `up`, by hand or by other tools. While an `up` is under way it creates
 * what is not applied yet: the answer is of use before and after it. Whether a container runs is not a matter of drift.
 * @param of the stack's name, for the commands, undefined where it is not known; and the labels that its containers have
 * @param containers all that are on the engine, or those with the stack's labels: then one that was made by hand under a service's
 * name, without labels, is not seen
 */
export function drift(
  {
    stack,
    labels,
  }: { readonly stack: string | undefined; readonly labels: Readonly<Record<string, string>> },
  applied: readonly AppliedContainer[],
  containers: readonly ContainerSummary[],
): readonly Drift[] {
  const owned = new Set(applied.map(({ workload }) => workload));
  const foreign = containers.filter(({ id }) => !owned.has(id));
  const isOfStack = (one: ContainerSummary) =>
    Object.entries(labels).every(([label, value]) => one.labels[label] === value) && !isOurOwn(one);
  const heirs = new Set<ContainerSummary>();
  const found = applied.flatMap((one) => {
    const container = containers.find(({ id }) => id === one.workload);
    if (container !== undefined) return changed(stack, one, container);
    const heir = foreign.find(
      (other) =>
        !heirs.has(other) && (other.name === one.name || (isOfStack(other) && isMadeFor(other, one))),
    );
    if (heir === undefined) return [gone(stack, one)];
    heirs.add(heir);
    return [replaced(stack, one, heir)];
  });
  return [...found, ...foreign.filter((one) => !heirs.has(one) && isOfStack(one)).map(added)];
}

/** The coordinator, and the probers that it puts in the place of services. */
function isOurOwn({ labels }: ContainerSummary): boolean {
  return labels["phasegate.service"] === coordinatorName || labels["phasegate.prober"] !== undefined;
}

/** Where a service's name on the engine is known, whoever has it has its place. */
function isMadeFor({ labels }: ContainerSummary, { service, name }: AppliedContainer): boolean {
  return name === undefined && labels["phasegate.service"] === service;
}

function gone(stack: string | undefined, { service }: AppliedContainer): Drift {
  const text = `the container of ${service} is gone`;
  return { kind: "gone", service, text, command: stackCommand(stack, "pulumi up") };
}

function replaced(
  stack: string | undefined,
  { service, image }: AppliedContainer,
  { id, name, image: reference, imageId }: ContainerSummary,
): Drift {
  const same =
    image === undefined || (image.id === undefined ? image.reference === reference : image.id === imageId);
  const of = same ? "" : `, of the image ${reference} instead of ${image.reference}`;
  return {
    kind: "replaced",
    service,
    text: `another container, ${id.slice(0, 12)}${of}, has the place of ${service}: it is neither proven nor restarted`,
    command: `docker rm --force ${name} && ${stackCommand(stack, "pulumi up")}`,
  };
}

function changed(
  stack: string | undefined,
  { service, name, image, networks = [], altered = [], limits = [] }: AppliedContainer,
  container: ContainerSummary,
): Drift[] {
  const as = (text: string, command: string): Drift => ({
    ...{ kind: "changed", service, text: `${service} ${text}`, command },
  });
  const found: Drift[] = [];
  if (container.status === "paused") found.push(as("is paused", `docker unpause ${container.name}`));
  if (name !== undefined && container.name !== name)
    found.push(
      as(`is called ${container.name} instead of ${name}`, `docker rename ${container.name} ${name}`),
    );
  if (image?.id !== undefined && image.id !== container.imageId)
    found.push(
      as(`runs another image than ${image.reference} is now`, stackCommand(stack, "pulumi up --refresh")),
    );
  // The engine takes no limit away again.
  const again = `docker rm --force ${container.name} && ${stackCommand(stack, "pulumi up")}`;
  for (const setting of altered) found.push(as(`has ${setting}`, again));
  for (const { text, update } of limits)
    found.push(as(`has ${text}`, update === undefined ? again : `${update} ${container.name}`));
  for (const network of networks.filter((one) => !(one in container.networks)))
    found.push(
      as(
        `is not on the network ${network} any more`,
        `docker network connect --alias ${service} ${network} ${container.name}`,
      ),
    );
  return found;
}

function added({ name, labels }: ContainerSummary): Drift {
  const service = labels["phasegate.service"];
  const but = service === undefined ? "belongs to none of its services" : `is not the one of ${service}`;
  return {
    kind: "added",
    service: undefined,
    text: `the container ${name} has the labels of this stack, but ${but}`,
    command: `docker rm --force ${name}`,
  };
}
