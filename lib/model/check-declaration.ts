import { durationMs, isDuration, longestDuration } from "../core/duration.ts";
import { suggestion } from "../core/did-you-mean.ts";
import type { Problem } from "../core/problem.ts";
import { placeText } from "../core/problem.ts";
import { mapValues } from "../core/record.ts";
import { check } from "../core/zod-problems.ts";
import { checkAlerting } from "./check-alerting.ts";
import { checkAllowances } from "./check-allowances.ts";
import { checkJobs } from "./check-jobs.ts";
import { checkMinReady } from "./check-min-ready.ts";
import { checkSupervision } from "./check-supervision.ts";
import { coordinatorName } from "./coordinator-process.ts";
import { checkAddresses, withAddresses } from "./external-addresses.ts";
import { checkEnvironments, environmentsOf, inEnvironment } from "./environments-of.ts";
import { checkReplicas } from "./replicas.ts";
import { checkValidations } from "./check-validation.ts";
import { checkDigests } from "./container/check-digests.ts";
import { checkMounts, checkVolumeNames } from "./container/check-mounts.ts";
import { checkImageOptions } from "./container/image-options.ts";
import { copiedPaths } from "./container/mounts.ts";
import { checkPorts } from "./container/check-ports.ts";
import { checkAliases } from "./container/names.ts";
import { checkContainerOptions } from "./container/options.ts";
import { foldersMounted } from "./container/process.ts";
import { checkSources } from "./container/check-sources.ts";
import { declarationSchema } from "./declaration-schema.ts";
import type { Phase, StackDeclaration } from "./declaration.ts";
import type { Graph } from "./graph.ts";
import { ancestors, topologicalOrder } from "./graph.ts";
import { runsAtUp } from "./job.ts";
import { needsGraph } from "./needs.ts";
import { notPlainData } from "./plain-data.ts";
import type { Profile } from "./profile.ts";
import { checkRegistries } from "./registries.ts";
import type { ProjectSources } from "./sources.ts";
import { noSources } from "./sources.ts";
import type { Service, UrlOf } from "./service.ts";
import { redisConfig, variablesOf, workloadOf } from "./workload.ts";

/** Takes a problem's place and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/**
 * Everything that is wrong with a declaration for one environment. Most of it is a compile error already;
 * it is checked again because a declaration may be written in JavaScript, or computed. It never throws, whatever
 * it is given.
 */
export function checkDeclaration(
  declaration: StackDeclaration,
  profile: Profile,
  sources: ProjectSources = noSources,
): Problem[] {
  const odd = notPlainData(declaration);
  if (odd.length > 0) return odd;
  const { problems = [], misshapen } = check(declarationSchema, declaration);
  // What is missing, or of another type, cannot be compared with anything.
  return misshapen ? [...problems] : [...problems, ...contradictions(declaration, profile, sources)];
}

/** What is wrong between the parts of a declaration, each of which is well-formed. */
function contradictions(declared: StackDeclaration, profile: Profile, sources: ProjectSources): Problem[] {
  const declaration = withAddresses(declared, profile);
  const problems: Problem[] = [];
  const report: Report = (path, message) => void problems.push({ path: placeText(path), message });
  const known = (name: string) => Object.hasOwn(declaration.services, name);
  const services = Object.keys(declaration.services);
  const noService = (name: string) => `there is no service "${name}"; ${suggestion(name, services)}`;

  if (!declaration.environments.includes(profile.environment)) {
    report(
      ["environments"],
      `the stack's config asks for ${profile.environment}; the declaration has ${declaration.environments.join(", ")}`,
    );
  }
  for (const name of Object.keys(profile.images))
    if (!known(name)) report(["config", "images", name], noService(name));

  checkReplicas(declaration, profile, report);
  checkEnvironments(declaration, report);
  const isIn = (name: string) =>
    environmentsOf(declaration, declaration.services[name] as Service).includes(profile.environment);
  checkAddresses(declaration, profile, isIn, report);

  const phases = phaseGraph(declaration);
  const phaseOf = new Map<string, string>();
  for (const [name, phase] of Object.entries(declaration.phases)) {
    checkPhase(declaration, profile, name, report);
    phase.services.forEach((service, i) => {
      const place = ["phases", name, "services", i];
      if (!known(service)) return report(place, noService(service));
      const other = phaseOf.get(service);
      if (other !== undefined)
        return report(place, `the service ${service} is in the phase ${other} as well`);
      phaseOf.set(service, name);
    });
  }
  const phaseOrder = topologicalOrder(phases);
  if (phaseOrder.cycle) report(["phases"], `a cycle: ${phaseOrder.cycle.join(" -> ")}`);

  for (const name of services) {
    const phase = phaseOf.get(name);
    if (phase === undefined) report(["services", name], `the service ${name} is in no phase`);
    if (!isIn(name)) continue;
    checkService(declaration, profile, name, phase, report);
    checkSources(declaration.services[name] as Service, sources, (path, message) =>
      report(["services", name, ...path], message),
    );
  }
  const there = inEnvironment(declaration, profile.environment);
  checkPorts(there, profile, report);
  checkRegistries(declaration.registries, report);
  checkDigests(there, profile, sources, report);
  checkVolumeNames(declaration.services, report);
  checkAliases(declaration.services, coordinatorName, report);
  checkSupervision(declaration, profile, report);
  checkMinReady(declaration, isIn, profile, report);
  checkJobs(declaration, report);
  checkAlerting(declaration, report);

  const needs = needsGraph(declaration);
  const provenBefore = phaseOrder.cycle
    ? undefined
    : mapValues(phases, (_before, name) => ancestors(phases, name));
  const needsOrder = topologicalOrder(needs);
  if (needsOrder.cycle) report(["needs"], `a cycle: ${needsOrder.cycle.join(" -> ")}`);
  for (const [name, needed] of Object.entries(needs)) {
    if (!known(name)) report(["needs", name], noService(name));
    else if (declaration.services[name]?.external && needed.length > 0)
      report(["needs", name], `${name} is external: it needs nothing that the stack starts`);
    needed.forEach((other, i) => {
      const at = ["needs", name, Array.isArray(declaration.needs[name]) ? i : other];
      if (!known(other)) return report(at, noService(other));
      if (known(name) && !shareNetwork(declaration.services[name], declaration.services[other]))
        report(at, `${name} needs ${other}, and they are on no network together`);
      const [from, to] = [phaseOf.get(name), phaseOf.get(other)];
      if (
        provenBefore === undefined ||
        from === undefined ||
        to === undefined ||
        from === to ||
        provenBefore[from]?.has(to)
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

function checkPhase(declaration: StackDeclaration, profile: Profile, name: string, report: Report): void {
  const phase = declaration.phases[name] as Phase;
  for (const key of ["timeout", "edgeTimeout"] as const)
    reportBudget(["phases", name, key], phase[key], profile, report);
  const names = Object.keys(declaration.phases);
  (phase.dependsOn ?? []).forEach((before, i) => {
    if (!Object.hasOwn(declaration.phases, before))
      report(["phases", name, "dependsOn", i], `there is no phase "${before}"; ${suggestion(before, names)}`);
  });
}

/** A budget is a timeout times the environment's multiplier. */
function reportBudget(
  path: readonly PropertyKey[],
  timeout: string | undefined,
  profile: Profile,
  report: Report,
) {
  if (timeout === undefined || !isDuration(timeout)) return;
  const budgetMs = durationMs(timeout) * profile.startupTimeoutMultiplier;
  const what = `${timeout} times the multiplier ${profile.startupTimeoutMultiplier} of ${profile.environment}`;
  // A timeout that is out of range by itself has been reported.
  if (durationMs(timeout) < 1 || durationMs(timeout) > durationMs(longestDuration)) return;
  if (budgetMs < 1) report(path, `${what} leaves no time at all`);
  else if (budgetMs > durationMs(longestDuration)) report(path, `${what} is longer than ${longestDuration}`);
}

function checkService(
  declaration: StackDeclaration,
  profile: Profile,
  name: string,
  phaseName: string | undefined,
  report: Report,
): void {
  const service = declaration.services[name] as Service;
  const at = ["services", name];
  if (!hostNamePattern.test(name))
    report(
      at,
      "a service's name is a host name: letters, digits and dashes, beginning with a letter, 63 at most",
    );
  if (name === coordinatorName) report(at, "the name is taken by the stack's own coordinator");
  const phase = phaseName === undefined ? undefined : declaration.phases[phaseName];
  // Its phase's gate does not wait for what runs by its schedule alone.
  if (phase && runsAtUp(service) && service.timeout !== undefined && isLonger(service.timeout, phase.timeout))
    report([...at, "timeout"], `${service.timeout} is longer than the ${phase.timeout} of its phase`);
  else reportBudget([...at, "timeout"], service.timeout, profile, report);
  if (service.publish !== undefined && workloadOf(service).endpoint === undefined)
    report([...at, "publish"], "there is no port to publish: say the service's own in port");
  for (const [variable, value] of Object.entries(service.env ?? {})) {
    const place = [...at, "env", variable];
    if (isUrlOf(value)) checkUrlOf(declaration, value, (message) => report(place, message));
    const variables = variablesOf(service);
    // MariaDB's image takes the names of MySQL's, and its own before those.
    const name = service.kind === "mysql" ? variable.replace(/^MARIADB_/, "MYSQL_") : variable;
    if (Object.hasOwn(variables, name))
      report(place, `is what the option ${variables[name] ?? ""} sets: say it there`);
  }
  checkMounts(service, (path, message) => report([...at, ...path], message));
  if (service.kind === "redis" && Object.hasOwn(service.files ?? {}, redisConfig))
    report([...at, "files", redisConfig], "is written by redis(): its settings are options");
  const contents = {
    files: [...Object.keys(workloadOf(service).files), ...copiedPaths(service)],
    mounted: foldersMounted(service),
    validations: service.validations ?? {},
  };
  checkImageOptions(service, (path, message) => report([...at, ...path], message));
  checkContainerOptions(service, contents, (path, message) => report([...at, ...path], message));
  checkValidations(
    service,
    phase && { ...phase, name: phaseName ?? "" },
    profile.validationLevel,
    (path, message) => report([...at, "validations", ...path], message),
  );
}

const hostNamePattern = /^[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/** Which phases come before which. */
export function phaseGraph(declaration: StackDeclaration): Graph {
  return Object.fromEntries(
    Object.entries(declaration.phases).map(([name, { dependsOn = [] }]) => [name, dependsOn]),
  );
}

/** The networks of a service that names none. */
export const defaultNetworks: readonly string[] = ["default"];

function shareNetwork(a: Service | undefined, b: Service | undefined): boolean {
  // An external service is reached over whatever leads out of the stack.
  if (a?.external || b?.external) return true;
  const others = b?.networks ?? defaultNetworks;
  return (a?.networks ?? defaultNetworks).some((network) => others.includes(network));
}

/** Whether an environment value names another service's URL. */
export function isUrlOf(value: unknown): value is UrlOf {
  return typeof value === "object" && value !== null && "urlOf" in value;
}

function checkUrlOf(
  declaration: StackDeclaration,
  { urlOf: name, port }: UrlOf,
  report: (message: string) => void,
): void {
  const target = Object.hasOwn(declaration.services, name) ? declaration.services[name] : undefined;
  if (target === undefined)
    report(
      `urlOf("${name}"): there is no such service; ${suggestion(name, Object.keys(declaration.services))}`,
    );
  else if (port !== undefined) {
    const ports = Object.keys(target.ports ?? {});
    if (!ports.includes(port))
      report(
        `urlOf("${name}", { port: "${port}" }): ${name} has no port of that name; ${ports.length === 0 ? "it has none in ports" : suggestion(port, ports)}`,
      );
  } else if (workloadOf(target).endpoint === undefined)
    report(
      `urlOf("${name}"): ${target.kind === "job" ? "a job" : "a service without a port"} has no address`,
    );
}

function isLonger(a: string, b: string): boolean {
  return isDuration(a) && isDuration(b) && durationMs(a) > durationMs(b);
}
