import { coordinatorName } from "../../model/coordinator-process.ts";
import type { Account } from "./accounts.ts";
import { accountOf } from "./accounts.ts";
import { budgetOf } from "./budget.ts";
import type { Edge } from "./edges.ts";
import { withoutCircles } from "./edges.ts";
import type { Kinded } from "./kinds.ts";
import { environmentsOf } from "./environments.ts";
import { kindsOf } from "./kinds.ts";
import type { ComposeProject } from "../read/load-project.ts";
import { noteVolumes, volumesOf } from "./mounts.ts";
import { dashed, serviceNames } from "./names.ts";
import type { Networks } from "./networks.ts";
import { networksOf } from "./networks.ts";
import type { Report } from "../read/note.ts";
import { needsOf, phasesOf, roleOf } from "./phases.ts";
import type { Callee, Calls } from "./references.ts";
import { mentions } from "./references.ts";
import { secretList } from "./secret-list.ts";
import type { ReadService } from "../read/read-project.ts";
import type { Selected } from "../read/select-services.ts";
import { plain, secretsIn } from "../read/taint.ts";
import type { TranslatedService } from "./translate-service.ts";
import { translateService } from "./translate-service.ts";
import type { ImportedStack } from "./translation.ts";

export interface TranslateOptions {
  /** The declaration's name; default: the project's. */
  readonly name: string | undefined;
  readonly shownPath: (path: string) => string;
  readonly note: Report;
}

/** A compose project as a declaration has it. Pure. */
export function translate(
  project: ComposeProject,
  selected: readonly ReadService[],
  { name, shownPath, note }: TranslateOptions,
): ImportedStack {
  const names = serviceNames(
    selected.map((service) => service.name),
    [coordinatorName],
  );
  const nameOf = (composeName: string) => names.get(composeName) ?? composeName;
  const composeHosts = hostsOf(selected, (composeName) => composeName);
  const kinded = kindsOf(selected, composeHosts);
  const secrets = secretList(kinded, {
    publicWords: publicWords(kinded),
    known: [
      ...secretsIn([project.services, kinded]),
      ...passwordsInUrls(kinded),
      ...project.variables.secrets(),
    ],
    reached: reachedBy(kinded, composeHosts),
  });
  // The databases first: who reaches one and has its password has the same secret.
  const clientsOf = (name: string) =>
    kinded.flatMap(({ urls }) => urls.filter(({ host }) => composeHosts.get(host) === name));
  const accounts = new Map(
    kinded.map((service) => [service.name, accountOf(service, clientsOf(service.name), secrets, note)]),
  );
  const calls: Calls = {
    secrets,
    hosts: hostsOf(selected, nameOf),
    calleeAt: (host) => calleeNamed(composeHosts.get(host)),
  };
  const publishAt = portChooser();
  const hostNames = new Set([...calls.hosts.keys(), ...calls.hosts.values()]);
  const volumes = volumesOf(project, kinded);
  const networks = networksOf(project, selected, note);
  const translated = kinded.map((service) =>
    translateService(service, {
      project,
      calls,
      names: hostNames,
      networks,
      volumes,
      publishAt,
      shownPath,
      note,
      account: accounts.get(service.name),
      name: nameOf(service.name),
    }),
  );
  const members = kinded.map((service) => ({
    service,
    name: nameOf(service.name),
    budgetMs: budgetOf(service),
  }));
  const edges = edgesOf(kinded, translated, { nameOf, networks }, note);
  const inEnvironments = environmentsOf(
    selected.map((one) => ({ name: nameOf(one.name), selected: one })),
    edges,
    note,
  );
  noteVolumes(project, kinded, note);
  noteRestarts(selected, note);
  return {
    name: dashed(name ?? project.name).toLowerCase(),
    services: translated.map(({ service }) => ({ ...service, in: inEnvironments.get(service.name) })),
    phases: phasesOf(members, edges),
    needs: needsOf(members, edges),
    maxRetries: retriesOf(selected),
    secrets: secrets.needed(),
    allowed: translated.flatMap(({ service: { name: from }, everywhere }) =>
      everywhere.map((port) => ({
        path: `services.${from}.ports.${port}.published.ip`,
        reason: "the compose file published it at every address",
      })),
    ),
  };

  function calleeNamed(composeName: string | undefined): Callee | undefined {
    const service = kinded.find((other) => other.name === composeName);
    if (service === undefined) return undefined;
    const account: Account | undefined = accounts.get(service.name);
    return { name: nameOf(service.name), service, account };
  }
}

/** By every name that leads to a service on compose's networks, what `nameOf` calls it. */
function hostsOf(
  services: readonly Selected[],
  nameOf: (composeName: string) => string,
): Map<string, string> {
  const hosts = new Map<string, string>();
  for (const { name, service } of services) {
    const aliases = Object.values(service.networks ?? {}).flatMap((network) => network?.aliases ?? []);
    for (const host of [service.container_name, service.hostname, ...aliases])
      if (host !== undefined && host !== "" && !hosts.has(host)) hosts.set(host, nameOf(name));
    for (const [target = "", alias] of (service.links ?? []).map((link) => link.split(":")))
      if (alias !== undefined && !hosts.has(alias)) hosts.set(alias, nameOf(target));
  }
  // A service's own name comes before another's alias.
  for (const { name } of services) hosts.set(name, nameOf(name));
  return hosts;
}

/** For each service those that it waits for, and whose names stand in its variables. */
function reachedBy(
  services: readonly Kinded[],
  hosts: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    services.map(({ name, dependencies, variables, urls }) => [
      name,
      new Set([
        ...urls.flatMap(({ host }) => hosts.get(host) ?? []),
        ...Object.entries(variables).flatMap(([variable, text]) => mentions(variable, plain(text), hosts)),
        ...dependencies.map(({ on }) => on),
      ]),
    ]),
  );
}

function passwordsInUrls(services: readonly Kinded[]): string[] {
  return services.flatMap(({ urls }) => urls.flatMap(({ password }) => (password ? [password] : [])));
}

/** Words that may be a password, and are no secret where else they stand. */
function publicWords(services: readonly Kinded[]): ReadonlySet<string> {
  const words = services.flatMap(({ name, service, variables }) => [
    name,
    ...(service.image ?? "").split(/[/:@]/),
    ...Object.keys(variables),
    ...[
      "POSTGRES_USER",
      "RABBITMQ_DEFAULT_USER",
      "RABBITMQ_DEFAULT_VHOST",
      "POSTGRES_DB",
      "CLICKHOUSE_USER",
      "CLICKHOUSE_DB",
      "MYSQL_USER",
      "MYSQL_DATABASE",
      "MONGO_INITDB_ROOT_USERNAME",
      "MONGO_INITDB_DATABASE",
      "MARIADB_USER",
      "MARIADB_DATABASE",
    ].flatMap((variable) => variables[variable] ?? []),
  ]);
  return new Set(words);
}

/** Keeps the last three digits of the port that compose published, as far as they are free. */
function portChooser(): (hostPort: number) => number {
  const taken = new Set<number>();
  return (hostPort) => {
    let publish = hostPort % 1000;
    while (taken.has(publish)) publish = (publish + 1) % 1000;
    taken.add(publish);
    return publish;
  };
}

/**
 * Who comes after whom. A barrier is what compose waits for (healthy, completed), and every database and broker:
 * its clients need it ready, whether their compose file says so or not.
 */
function edgesOf(
  services: readonly Kinded[],
  translated: readonly TranslatedService[],
  { nameOf, networks }: { readonly nameOf: (composeName: string) => string; readonly networks: Networks },
  note: Report,
): readonly Edge[] {
  const byName = new Map(services.map((service) => [nameOf(service.name), service]));
  const isDatabase = new Set(
    services.flatMap((service) => (roleOf(service) === "data" ? [nameOf(service.name)] : [])),
  );
  const callsFrom = (from: Kinded, to: string): boolean => {
    const other = byName.get(to);
    return other !== undefined && networks.shared(from, other);
  };
  const sure: Edge[] = services.flatMap((service) =>
    service.dependencies.map(({ on, condition, restart }) => {
      const to = nameOf(on);
      const waits = condition !== "service_started";
      const calls = callsFrom(service, to);
      const place = `services.${service.name}.depends_on.${on}`;
      if (!waits && isDatabase.has(to))
        note("changed", place, `waits until ${to} is ready, where compose waited for its start only`);
      if (!calls)
        note(
          "check",
          place,
          `is on no network with ${to}: it comes after it, and is said to need it no more`,
        );
      return { from: nameOf(service.name), to, barrier: waits || isDatabase.has(to), restart, calls };
    }),
  );
  const found = translated.flatMap(({ service, mentions }) =>
    mentions.flatMap(({ name, variable }) => {
      const from = byName.get(service.name);
      if (from === undefined || !callsFrom(from, name)) return [];
      const place = `services.${service.composeName}.environment.${variable}`;
      const edge = { from: service.name, to: name, barrier: isDatabase.has(name) };
      return [{ ...edge, restart: false, calls: true, place }];
    }),
  );
  const { edges, added, dropped } = withoutCircles(sure, found);
  for (const { from, to, place } of dropped)
    note(
      "check",
      place,
      `names ${to}, which comes after ${from}: no edge in "needs", since they cannot wait for each other`,
    );
  for (const { to, barrier, place } of added)
    note(
      "changed",
      place,
      `names ${to}, which depends_on does not: ${barrier ? "waits until it is ready" : "starts no earlier than it"}`,
    );
  return edges;
}

function retriesOf(services: readonly Selected[]): number {
  const counts = services.flatMap(({ service }) => [
    service.deploy?.restart_policy?.max_attempts ?? [],
    /^on-failure:(\d+)$/
      .exec(service.restart ?? "")
      ?.slice(1)
      .map(Number) ?? [],
  ]);
  return Math.min(100, Math.max(...counts.flat(), ...(counts.flat().length === 0 ? [3] : [])));
}

/** Says once what holds for all that compose restarts. */
function noteRestarts(services: readonly Selected[], note: Report): void {
  const restarted = services.filter(({ service }) =>
    /^(?:always|unless-stopped|on-failure)/.test(service.restart ?? ""),
  );
  if (restarted.length > 0)
    note(
      "changed",
      "services",
      `have the restart policy ${[...new Set(restarted.map(({ service }) => service.restart))].join(", ")}: the coordinator restarts what fails, by failureHandling`,
    );
}
