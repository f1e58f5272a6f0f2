/** A service that says `replicas` runs as so many instances, each a service of its own in the plan: proven, watched and restarted alone. */
import { suggestion } from "../core/did-you-mean.ts";
import { mapValues } from "../core/record.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { Needs } from "./needs.ts";
import type { Profile } from "./profile.ts";
import { mostReplicas } from "./replica-count.ts";
import type { Service } from "./service.ts";

/** Which instance of a declared service it is. */
export interface Replica {
  /** The declared service's name, which is a name on the network of all its instances. */
  readonly of: string;
  /** From 1. */
  readonly index: number;
}

/** A declaration with its instances in place of the services that have them. */
export interface Expanded {
  readonly declaration: StackDeclaration;
  readonly replicas: Readonly<Record<string, Replica>>;
}

/**
 * The name of an instance. Whoever says `replicas` has numbered instances, one of one included: so that what runs stays as it is
 * when there are more.
 */
export function instanceName(service: string, index: number): string {
  return `${service}-${index}`;
}

/** How many instances a service has in an environment; undefined where it does not say `replicas`. */
export function replicasOf(
  { services }: Pick<StackDeclaration, "services">,
  { replicas = {} }: Pick<Profile, "replicas">,
  name: string,
): number | undefined {
  const declared = services[name]?.replicas;
  if (declared === undefined) return undefined;
  return (Object.hasOwn(replicas, name) ? replicas[name] : undefined) ?? declared;
}

/** The instances of each service that has them, by the service's name. */
function instancesOf(declaration: StackDeclaration, profile: Profile): Readonly<Record<string, string[]>> {
  return Object.fromEntries(
    Object.keys(declaration.services).flatMap((name) => {
      const count = replicasOf(declaration, profile, name);
      return count === undefined
        ? []
        : [[name, Array.from({ length: count }, (_, i) => instanceName(name, i + 1))] as const];
    }),
  );
}

/** The declaration with each instance as a service: in its phase, with what it needs, and needed as all of them. */
export function expandReplicas(declaration: StackDeclaration, profile: Profile): Expanded {
  const all = instancesOf(declaration, profile);
  const each = (name: string): readonly string[] => (Object.hasOwn(all, name) ? (all[name] ?? []) : [name]);
  return {
    declaration: {
      ...declaration,
      services: byInstance(declaration.services, each, ({ replicas: _, ...service }) => service),
      phases: mapValues(declaration.phases, (phase) => ({
        ...phase,
        services: phase.services.flatMap(each),
      })),
      needs: byInstance(declaration.needs, each, (needs) => needsOfAll(needs, each)),
    },
    replicas: Object.fromEntries(
      Object.entries(all).flatMap(([of, names]) => names.map((name, i) => [name, { of, index: i + 1 }])),
    ),
  };
}

function byInstance<T, U>(
  record: Readonly<Record<string, T>>,
  each: (name: string) => readonly string[],
  map: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => each(name).map((own) => [own, map(value)])),
  );
}

function needsOfAll(needs: Needs, each: (name: string) => readonly string[]): Needs {
  if (Array.isArray(needs)) return (needs as readonly string[]).flatMap(each);
  return byInstance(needs as Readonly<Record<string, never>>, each, (policy) => policy);
}

/** What is wrong with a declaration's instances, and with what an environment's config says of them. */
export function checkReplicas(
  declaration: StackDeclaration,
  profile: Pick<Profile, "replicas">,
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  const { services } = declaration;
  const replicated = Object.entries(services).flatMap(([name, { replicas }]) =>
    replicas === undefined ? [] : [name],
  );
  for (const name of Object.keys(profile.replicas ?? {})) {
    const at = ["config", "replicas", name];
    if (!Object.hasOwn(services, name))
      report(at, `there is no service "${name}"; ${suggestion(name, replicated)}`);
    else if (services[name]?.replicas === undefined)
      report(at, `${name} does not say that it may have several instances: declare it with replicas: 1`);
  }
  for (const name of replicated) checkService(services, name, report);
}

function checkService(
  services: Readonly<Record<string, Service>>,
  name: string,
  report: (path: readonly PropertyKey[], message: string) => void,
): void {
  const { volumes = {}, publish, ports = {} } = services[name] ?? {};
  if (Object.keys(volumes).length > 0)
    report(
      ["services", name, "volumes"],
      `the instances of ${name} would share its volumes: what keeps data of its own has one instance`,
    );
  if (publish !== undefined)
    report(
      ["services", name, "publish"],
      `the instances of ${name} cannot have one port of the host: publish a service in front of them`,
    );
  for (const [port, own] of Object.entries(ports))
    if (own.publish !== undefined || own.host !== undefined)
      report(
        ["services", name, "ports", port],
        `the instances of ${name} cannot have one port of the host: publish a service in front of them`,
      );
  const isInstance = (other: string) => {
    const index = other.startsWith(`${name}-`) ? other.slice(name.length + 1) : "";
    return /^[1-9]\d*$/.test(index) && Number(index) <= mostReplicas;
  };
  for (const [other, { aliases = [] }] of Object.entries(services)) {
    if (isInstance(other)) report(["services", other], `the name is the one that an instance of ${name} has`);
    aliases.forEach((alias, i) => {
      if (isInstance(alias))
        report(["services", other, "aliases", i], `"${alias}" is the name that an instance of ${name} has`);
    });
  }
}

/** The declared service that a name of a plan stands for, and its own name where that is declared. */
export function declaredName({ services }: Pick<StackDeclaration, "services">, name: string): string {
  if (Object.hasOwn(services, name)) return name;
  const of = name.replace(/-\d+$/, "");
  return services[of]?.replicas === undefined ? name : of;
}
