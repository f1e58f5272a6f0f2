/** A compose project as a declaration will have it, before it is written down. */
import type { Duration } from "../../core/duration.ts";
import type { Environment } from "../../model/environment.ts";
import type { ImportedProbe } from "./imported-probe.ts";
import type { ImportedKind } from "./kinds.ts";
import type { ImportedPort } from "./ports.ts";
import type { NeededSecret } from "./secret-list.ts";

/** The value of a variable. */
export type ImportedValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "secret"; readonly name: string }
  /** The caller's variable of the same name. */
  | { readonly kind: "passThrough"; readonly name: string }
  | { readonly kind: "url"; readonly service: string; readonly scheme?: string; readonly path?: string };

/** What is mounted at a path of a container. */
export type ImportedMount =
  | { readonly kind: "hostFile" | "hostFolder"; readonly path: string; readonly writable: boolean }
  | { readonly kind: "tmpfs"; readonly size?: string; readonly mode?: string }
  | { readonly kind: "volume" | "externalVolume"; readonly name: string; readonly readOnly: boolean };

/** The value of an option that is the same in the declaration as it is here. */
export type PlainOption =
  string | number | boolean | readonly string[] | { readonly [key: string]: PlainOption | undefined };

/** An image that is built from a folder of the project: the call of `dockerfile()`. */
export interface ImportedBuild {
  readonly folder: string;
  readonly file?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string>>;
  /** The names of secrets, by the ids that the Dockerfile has for them. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** The account of a database. */
export interface ImportedAccount {
  readonly database: string;
  /** With the password, undefined where it has none. */
  readonly user: string | undefined;
  /** The secret's name. */
  readonly password: string | undefined;
  /** Of MySQL: the name of root's. */
  readonly rootPassword: string | undefined;
}

/** What the engine asks. */
export interface ImportedHealthCheck {
  readonly command: readonly string[];
}

/** What a gate asks of a service, and how long an attempt may take. */
export type GateProbe = (
  | ImportedProbe
  | { readonly kind: "running" }
  | { readonly kind: "exec"; readonly command: readonly string[] }
) & { readonly timeout?: Duration };

export interface ImportedService {
  /** Its name in the declaration. */
  readonly name: string;
  /** Its name in the compose file: where its notes belong. */
  readonly composeName: string;
  readonly kind: ImportedKind;
  /** Of a job: when it runs, where that is said. */
  readonly runs: "everyUp" | undefined;
  readonly image: string | ImportedBuild;
  /** Undefined where it is one container. */
  readonly replicas: number | undefined;
  /** The environments that have it; undefined where all do. */
  readonly in: readonly Environment[] | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly port: number | undefined;
  /** Of a database or a broker that has one. */
  readonly account: ImportedAccount | undefined;
  /** Of Redis; the secret's name. */
  readonly password: string | undefined;
  /** Of Redis. */
  readonly maxMemory: string | undefined;
  readonly env: Readonly<Record<string, ImportedValue>>;
  /** Files that it has more variables from. */
  readonly envFile: readonly string[];
  /** The parts of each file: texts, and secrets by name. */
  readonly files: Readonly<Record<string, readonly ImportedValue[]>>;
  /** Volumes of its own, by name. */
  readonly volumes: Readonly<Record<string, string>>;
  /** What else is mounted, by its path. */
  readonly mounts: Readonly<Record<string, ImportedMount>>;
  readonly publish: number | undefined;
  /** Its further ports, by name. */
  readonly ports: Readonly<Record<string, ImportedPort>>;
  /** Options that are written as they are. */
  readonly options: Readonly<Record<string, PlainOption>>;
  /** False where the compose file says so; undefined where phasegate's own default does. */
  readonly init: false | undefined;
  readonly grace: Duration | undefined;
  readonly healthcheck: ImportedHealthCheck | undefined;
  readonly probes: readonly GateProbe[];
  /** Undefined where it is on the stack's one network. */
  readonly networks: readonly string[] | undefined;
  /** Networks that others have made. */
  readonly externalNetworks: readonly string[];
}

export interface ImportedPhase {
  readonly name: string;
  readonly title: string;
  readonly services: readonly string[];
  readonly dependsOn: readonly string[];
  readonly timeout: Duration;
}

export interface ImportedStack {
  readonly name: string;
  readonly services: readonly ImportedService[];
  readonly phases: readonly ImportedPhase[];
  /** For each service those that it needs, and whether it is restarted with them. */
  readonly needs: Readonly<Record<string, Readonly<Record<string, "restart" | "revalidate">>>>;
  readonly maxRetries: number;
  readonly secrets: readonly NeededSecret[];
  /** The differences between environments that the compose file asks for, each with its reason. */
  readonly allowed: readonly { readonly path: string; readonly reason: string }[];
}
