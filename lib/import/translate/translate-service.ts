import { toDuration } from "../../core/duration.ts";
import { redisConfig } from "../../model/workload.ts";
import type { Account } from "./accounts.ts";
import { accountVariables } from "./accounts.ts";
import { aliasesOf } from "./aliases.ts";
import { buildOf } from "./build.ts";
import { replicasOf } from "./replicas.ts";
import { isSwitchedOff, serviceProbes } from "./service-probes.ts";
import { imageName } from "./images.ts";
import { isTainted, shown } from "../read/taint.ts";
import { attributes, lostOfDeploy } from "./attributes.ts";
import { carrierOf } from "./carried.ts";
import { keptFiles } from "./env-files.ts";
import type { Kinded } from "./kinds.ts";
import { carryLogging } from "./logging.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "../read/note.ts";
import { readVariable } from "./references.ts";
import type { StorageContext } from "./storage.ts";
import type { Volumes } from "./mounts.ts";
import { mountsOf } from "./mounts.ts";
import { portsOf } from "./ports.ts";
import { carryPrivileges } from "./privileges.ts";
import { carryImageOptions } from "./image-options.ts";
import { carryProcess } from "./process.ts";
import { resourcesOf } from "./resources.ts";
import { filesOf } from "./storage.ts";
import type { ImportedService, ImportedValue } from "./translation.ts";

export interface ServiceContext extends StorageContext {
  readonly account: Account | undefined;
  /** Its name in the declaration. */
  readonly name: string;
  /** What all services are called, and are reached by. */
  readonly names: ReadonlySet<string>;
  readonly networks: Networks;
  readonly volumes: Volumes;
  /** Chooses the port's number within an environment's ports. */
  readonly publishAt: (hostPort: number) => number;
}

/** A service, and the others that its variables lead to. */
export interface TranslatedService {
  readonly service: ImportedService;
  /** By their names in the declaration, each with the variable that says so. */
  readonly mentions: readonly { readonly name: string; readonly variable: string }[];
  /** Its ports that are published at every address of the host. */
  readonly everywhere: readonly string[];
}

/** One service of a compose file as a declaration has it. What has no place there is noted. */
export function translateService(kinded: Kinded, context: ServiceContext): TranslatedService {
  const { name: composeName, service, kind, port } = kinded;
  const { note, name, account, calls } = context;
  const at = (attribute: string) => `services.${composeName}.${attribute}`;
  const { env, mentions } = environmentOf(kinded, context);
  const resources = resourcesOf(kinded, note);
  const replicas = replicasOf(kinded, context.names, note);
  const { publish, ports, everywhere } = portsOf(
    { ...kinded, isReplicated: replicas !== undefined },
    context.publishAt,
    note,
  );
  const { probes, healthcheck } = serviceProbes(kinded, calls.secrets, note);
  const known = account !== undefined;
  const carrier = carrierOf(kinded, calls.secrets, note);
  carryProcess(kinded, carrier, note);
  carryImageOptions(kinded, carrier, note);
  carryPrivileges(kinded, carrier, note);
  carryLogging(kinded, carrier, note);

  noteNotCarried(kinded, note);
  const aliases = aliasesOf(name, calls.hosts).filter((alias) => !calls.secrets.isIn(alias));
  if (name !== composeName)
    note(
      "changed",
      `services.${composeName}`,
      aliases.includes(composeName)
        ? `is called ${name} here, and reached by its old name as well`
        : `is called ${name} here, and reached by that name`,
    );
  const lostNames = Object.values(service.networks ?? {})
    .flatMap((network) => network?.aliases ?? [])
    .filter((alias) => alias !== name && !aliases.includes(alias));
  if (lostNames.length > 0)
    note(
      "lost",
      at("networks"),
      `the names ${lostNames.map(shown).join(", ")}: another service has them here`,
    );
  if (kinded.guessed)
    note(
      "check",
      `services.${composeName}`,
      (service.profiles ?? []).length === 0
        ? "is taken for a job, though nothing waits for its end: it must end with exit code 0"
        : "is taken for a job that is run by hand: an up runs it when it is new or has changed, unless it has a schedule",
    );
  return {
    mentions,
    everywhere,
    service: {
      name,
      composeName,
      kind,
      // Compose starts again at every `up` what has ended, and leaves alone what is of a profile.
      runs: kind === "job" && (service.profiles ?? []).length === 0 ? "everyUp" : undefined,
      port: known || kind === "job" ? undefined : port,
      image: buildOf(kinded, context) ?? imageOf(kinded, context),
      replicas,
      in: undefined,
      entrypoint: commandOf("entrypoint"),
      command: known && kind === "redis" ? redisCommand(kinded, account.options) : commandOf("command"),
      account:
        known && account.database !== undefined
          ? {
              user: account.user,
              database: account.database,
              password: account.secret,
              rootPassword: account.rootSecret,
            }
          : undefined,
      password: kind === "redis" ? account?.secret : undefined,
      maxMemory: account?.maxMemory,
      ...keptFiles(kinded, env),
      files: filesOf(kinded, context),
      ...mountsOf({ ...kinded, isReplicated: replicas !== undefined }, context),
      publish,
      ports,
      options: {
        ...(aliases.length > 0 && { aliases }),
        ...carrier.options,
        ...(resources !== undefined && { resources }),
      },
      init: service.init === false ? false : undefined,
      grace: service.stop_grace_period === undefined ? undefined : toDuration(service.stop_grace_period),
      healthcheck,
      probes,
      networks: context.networks.of(kinded),
      externalNetworks: context.networks.externalOf(kinded),
    },
  };

  function commandOf(attribute: "command" | "entrypoint"): readonly string[] | undefined {
    const words = service[attribute];
    if (words === undefined || words === null) return undefined;
    if (words.length === 0) {
      if (attribute === "entrypoint")
        note("lost", at(attribute), "is empty, to leave out the image's own: give the command as entrypoint");
      return undefined;
    }
    if (!calls.secrets.isIn(words)) {
      if (calls.secrets.sharesWord(words))
        note(
          "check",
          at(attribute),
          "has an ordinary word in it that is also a password of this project: kept",
        );
      return words;
    }
    note(
      "lost",
      at(attribute),
      "holds a secret: hand it over as a variable or a file, and write the command without it",
    );
    return undefined;
  }
}

function redisCommand(
  { service: { image = "" } }: Kinded,
  options: readonly string[],
): readonly string[] | undefined {
  const server = imageName(image) === "valkey/valkey" ? "valkey-server" : "redis-server";
  return options.length === 0 && server === "redis-server" ? undefined : [server, redisConfig, ...options];
}

function imageOf({ name, service }: Kinded, { project, note }: ServiceContext): string {
  if (service.image !== undefined && isTainted(service.image)) {
    note("lost", `services.${name}.image`, "holds a secret: write the image's name here");
    return `${project.name}-${name}`;
  }
  // The name that compose itself gives to what it builds.
  return service.image ?? `${project.name}-${name}`;
}

function environmentOf(kinded: Kinded, { calls, note, account }: ServiceContext) {
  const env: [string, ImportedValue][] = [];
  const mentions: { name: string; variable: string }[] = [];
  for (const [variable, text] of Object.entries(kinded.variables)) {
    if (account !== undefined && accountVariables.has(variable)) continue;
    if (kinded.callers.includes(variable)) continue;
    const { value, needs } = readVariable(kinded, variable, text, calls, note);
    mentions.push(...needs.map((name) => ({ name, variable })));
    if (account !== undefined && value.kind === "url") {
      note(
        "lost",
        `services.${kinded.name}.environment.${variable}`,
        "a database's variables hold no URL of another service",
      );
      continue;
    }
    env.push([variable, value]);
  }
  env.push(...kinded.callers.map((name): [string, ImportedValue] => [name, { kind: "passThrough", name }]));
  return { env: Object.fromEntries(env), mentions };
}

/** Attributes whose value decides whether something is lost. */
const judged = new Set(["network_mode", "scale"]);

function noteNotCarried({ name, kind, service }: Kinded, note: Report): void {
  for (const [attribute, { fate, what }] of Object.entries(attributes))
    if (fate === "not" && !judged.has(attribute) && isSaid(service[attribute]))
      note("lost", `services.${name}.${attribute}`, what);
  for (const [attribute, why] of Object.entries(lostOfDeploy))
    if (isSaid(service.deploy?.[attribute]) && service.deploy?.[attribute] !== "replicated")
      note("lost", `services.${name}.deploy.${attribute}`, why);
  if (service.network_mode !== undefined && service.network_mode !== "bridge")
    note(
      "lost",
      `services.${name}.network_mode`,
      `${service.network_mode}: every service is on the stack's own network`,
    );
  if (isSwitchedOff(service))
    note(
      "lost",
      `services.${name}.healthcheck`,
      "is switched off: the image's own check, where it has one, goes on",
    );
  for (const [network, said] of Object.entries(service.networks ?? {})) {
    const others = Object.keys(said ?? {}).filter((key) => key !== "aliases" && !key.startsWith("x-"));
    if (others.length > 0)
      note("lost", `services.${name}.networks.${network}`, `${others.join(", ")}: the engine chooses`);
  }
  if (service.container_name !== undefined)
    note(
      "changed",
      `services.${name}.container_name`,
      "the container is called after the stack and the service",
    );
  const { max_attempts: _, ...policy } = service.deploy?.restart_policy ?? {};
  const said = Object.keys(policy).filter((key) => !key.startsWith("x-"));
  if (said.length > 0)
    note(
      "changed",
      `services.${name}.deploy.restart_policy`,
      `${said.join(", ")}: the coordinator restarts what fails, by failureHandling`,
    );
  if (kind !== "job" && service.restart === "no")
    note(
      "changed",
      `services.${name}.restart`,
      "no: the coordinator restarts what fails, by failureHandling",
    );
}

function isSaid(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)
  );
}
