import { durationMs, isDuration } from "../core/duration.ts";
import type { Problem } from "../core/problem.ts";
import { checkAllowances } from "./check-allowances.ts";
import { checkValidation } from "./check-validation.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Graph } from "./graph.ts";
import { ancestors, topologicalOrder } from "./graph.ts";
import { needsGraph } from "./needs.ts";
import type { Profile } from "./profile.ts";
import type { Service, UrlOf } from "./service.ts";

/** The name that the stack's own container takes. */
export const coordinatorName = "coordinator";

/**
 * Everything that is wrong with a declaration for one environment. Most of it is a compile error already;
 * it is checked again because a declaration may be written in JavaScript, or computed.
 */
export function checkDeclaration(declaration: StackDeclaration, profile: Profile): Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, message: string): void => void problems.push({ path, message });
  const services = Object.keys(declaration.services);
  const known = (name: string) => Object.hasOwn(declaration.services, name);
  const suggest = (name: string, names: readonly string[]) =>
    `there is no "${name}"; there are ${names.join(", ")}`;

  if (!namePattern.test(declaration.name))
    report("name", "must be lower-case letters, digits and dashes, beginning with a letter");
  if (!declaration.environments.includes(profile.environment)) {
    report(
      "environments",
      `the stack's config asks for ${profile.environment}; the declaration has ${declaration.environments.join(", ")}`,
    );
  }
  for (const name of Object.keys(profile.images))
    if (!known(name)) report(`config.images.${name}`, suggest(name, services));

  const phases = phaseGraph(declaration);
  const phaseOf = new Map<string, string>();
  for (const [name, phase] of Object.entries(declaration.phases)) {
    const at = `phases.${name}`;
    const timeout: string = phase.timeout;
    if (!isDuration(timeout)) report(`${at}.timeout`, `"${timeout}" is not a duration such as "180s"`);
    if (phase.services.length === 0) report(`${at}.services`, "a phase needs at least one service");
    (phase.dependsOn ?? []).forEach((before, i) => {
      if (!Object.hasOwn(declaration.phases, before))
        report(`${at}.dependsOn[${i}]`, suggest(before, Object.keys(declaration.phases)));
    });
    phase.services.forEach((service, i) => {
      const place = `${at}.services[${i}]`;
      if (!known(service)) return report(place, suggest(service, services));
      const other = phaseOf.get(service);
      if (other !== undefined)
        return report(place, `the service ${service} is in the phase ${other} as well`);
      phaseOf.set(service, name);
      checkValidation(declaration.services[service], phase.validation, profile.validationLevel, (message) =>
        report(`services.${service}.validations`, message),
      );
    });
  }
  const phaseOrder = topologicalOrder(phases);
  if (phaseOrder.cycle) report("phases", `a cycle: ${phaseOrder.cycle.join(" -> ")}`);

  for (const [name, service] of Object.entries(declaration.services)) {
    const at = `services.${name}`;
    if (!serviceNamePattern.test(name))
      report(at, "a service's name is a host name: letters, digits and dashes, two characters or more");
    if (name === coordinatorName) report(at, "the name is taken by the stack's own coordinator");
    if (!phaseOf.has(name)) report(at, `the service ${name} is in no phase`);
    for (const [i, network] of (service.networks ?? defaultNetworks).entries())
      if (!namePattern.test(network))
        report(
          `${at}.networks[${i}]`,
          "must be lower-case letters, digits and dashes, beginning with a letter",
        );
    const phase = declaration.phases[phaseOf.get(name) ?? ""];
    if (phase && service.timeout !== undefined && isLonger(service.timeout, phase.timeout))
      report(`${at}.timeout`, `${service.timeout} is longer than the ${phase.timeout} of its phase`);
    if (service.publish !== undefined && (service.publish < 0 || service.publish > 999))
      report(`${at}.publish`, "must be from 0 to 999");
    for (const [variable, value] of Object.entries(service.env)) {
      if (isUrlOf(value))
        checkUrlOf(declaration, value, (message) => report(`${at}.env.${variable}`, message));
    }
  }
  reportPortClashes(declaration, report);

  const needs = needsGraph(declaration);
  const needsOrder = topologicalOrder(needs);
  if (needsOrder.cycle) report("needs", `a cycle: ${needsOrder.cycle.join(" -> ")}`);
  for (const [name, needed] of Object.entries(needs)) {
    if (!known(name)) report(`needs.${name}`, suggest(name, services));
    needed.forEach((other, i) => {
      const at = `needs.${name}${Array.isArray(declaration.needs[name]) ? `[${i}]` : `.${other}`}`;
      if (!known(other)) return report(at, suggest(other, services));
      if (known(name) && !shareNetwork(declaration.services[name], declaration.services[other]))
        report(at, `${name} needs ${other}, and they are on no network together`);
      const [from, to] = [phaseOf.get(name), phaseOf.get(other)];
      if (
        phaseOrder.cycle ||
        from === undefined ||
        to === undefined ||
        from === to ||
        ancestors(phases, from).has(to)
      )
        return;
      report(
        at,
        `${name} (phase ${from}) needs ${other}, whose phase ${to} is not proven before ${from} starts`,
      );
    });
  }
  problems.push(...checkAllowances(declaration.parity ?? { allow: [] }));
  return problems;
}

const namePattern = /^[a-z][a-z0-9-]*$/;
const serviceNamePattern = /^[a-zA-Z][a-zA-Z0-9-]+$/;

/** Which phases come before which. */
export function phaseGraph(declaration: StackDeclaration): Graph {
  return Object.fromEntries(
    Object.entries(declaration.phases).map(([name, { dependsOn = [] }]) => [name, dependsOn]),
  );
}

/** The networks of a service that names none. */
export const defaultNetworks: readonly string[] = ["default"];

function shareNetwork(a: Service | undefined, b: Service | undefined): boolean {
  const others = b?.networks ?? defaultNetworks;
  return (a?.networks ?? defaultNetworks).some((network) => others.includes(network));
}

/** Whether an environment value names another service's URL. */
export function isUrlOf(value: unknown): value is UrlOf {
  return typeof value === "object" && value !== null && "urlOf" in value;
}

function checkUrlOf(
  declaration: StackDeclaration,
  { urlOf: name, scheme }: UrlOf,
  report: (message: string) => void,
): void {
  if (!Object.hasOwn(declaration.services, name)) return report(`urlOf("${name}"): there is no such service`);
  const target = declaration.services[name];
  if (target?.endpoint === undefined)
    report(
      `urlOf("${name}"): ${target?.kind === "job" ? "a job" : "a service without a port"} has no address`,
    );
  if (scheme !== undefined && !/^[a-z][a-z0-9+.-]*$/.test(scheme))
    report(`urlOf("${name}"): "${scheme}" is not the scheme of a URL`);
}

function isLonger(a: string, b: string): boolean {
  return isDuration(a) && isDuration(b) && durationMs(a) > durationMs(b);
}

function reportPortClashes(
  declaration: StackDeclaration,
  report: (path: string, message: string) => void,
): void {
  const holders = new Map<number, string>();
  for (const [name, { publish }] of Object.entries(declaration.services)) {
    if (publish === undefined) continue;
    const holder = holders.get(publish);
    if (holder !== undefined)
      report(`services.${name}.publish`, `${publish} is published by ${holder} already`);
    holders.set(publish, name);
  }
}
