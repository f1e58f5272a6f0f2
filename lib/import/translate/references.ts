import type { Account } from "./accounts.ts";
import { aliasesOf } from "./aliases.ts";
import { originOf, plain } from "../read/taint.ts";
import type { Kinded } from "./kinds.ts";
import { looksSecret, mayBeSecret } from "../../model/looks-secret.ts";
import type { Report } from "../read/note.ts";
import type { SecretList } from "./secret-list.ts";
import type { ImportedValue } from "./translation.ts";
import type { UrlText } from "./url.ts";
import { parseUrl } from "./url.ts";

/** A service that others may call. */
export interface Callee {
  /** Its name in the declaration. */
  readonly name: string;
  readonly service: Kinded;
  readonly account: Account | undefined;
}

export interface Calls {
  /** The service behind a host name: its own name, its container's, or an alias. */
  calleeAt(host: string): Callee | undefined;
  /** All host names, with the names of their services in the declaration. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly secrets: SecretList;
}

/** The value of a variable, and whom it leads to. */
export interface Reference {
  readonly value: ImportedValue;
  /** The services that it names, by their names in the declaration. */
  readonly needs: readonly string[];
}

const schemes = {
  postgres: /^(?:postgres(?:ql)?|postgis|cockroachdb)(?:\+\w+)?$/,
  mysql: /^(?:mysql2?|mariadb)(?:\+\w+)?$/,
  mongodb: /^mongodb$/,
  redis: /^redis$/,
  clickhouse: /^https?$/,
  rabbitmq: /^amqp$/,
  kafka: /^kafka$/,
} as const;
const overTls = /^(?:https|wss|amqps|rediss|ldaps|mqtts)$/;
/** Names of variables that hold an address, and not a word that happens to be a service's name. */
const isAddress =
  /(?:HOST|HOSTS|HOSTNAME|ADDR|ADDRESS|ADDRESSES|SERVER|SERVERS|ENDPOINT|ENDPOINTS|BROKER|BROKERS|URL|URLS|URI|DSN|UPSTREAM|NODES|SEEDS|CONNECT)$/i;

/** What becomes of one variable of a service. */
export function readVariable(
  service: Kinded,
  variable: string,
  text: string,
  { calleeAt, hosts, secrets }: Calls,
  note: Report,
): Reference {
  const place = `services.${service.name}.environment.${variable}`;
  const secret = (): ImportedValue => ({
    kind: "secret",
    name: secrets.variable(service.name, variable, text),
  });
  if (originOf(text) !== undefined) return { value: secret(), needs: [] };
  const url = parseUrl(text);
  const callee = url && calleeAt(url.host);
  const mentioned = mentions(variable, text, hosts).filter((name) => name !== hosts.get(service.name));
  const needs = [...new Set(callee && callee.service !== service ? [callee.name, ...mentioned] : mentioned)];
  // What follows host and port stays as it is written: a token there is no less a secret.
  if (url && callee && callee.service !== service && !secrets.isIn(url.rest)) {
    const same = sameUrl(url, callee);
    if (same !== undefined) return { value: same, needs };
  }
  const holds = secrets.isIn(text) || (url?.user !== undefined && callee === undefined);
  if (holds || (looksSecret(variable) && mayBeSecret(plain(text)))) {
    if (needs.length > 0)
      note(
        "check",
        place,
        `names ${needs.join(", ")}, by another URL than urlOf() gives: all of it is a secret, to be kept in step by hand`,
      );
    return { value: secret(), needs };
  }
  const unlike = [...hosts].filter(
    ([host, name]) => mentioned.includes(name) && !aliasesOf(name, hosts).includes(host),
  );
  const renamed = withNewNames(text, new Map(unlike));
  if (renamed !== text) note("changed", place, "names a service by the name that it has in this declaration");
  return { value: { kind: "text", text: renamed }, needs };
}

/** The call of urlOf() that gives the same URL; undefined where none does. */
function sameUrl(url: UrlText, { name, service, account }: Callee): ImportedValue | undefined {
  const { kind, port } = service;
  if (kind === "job" || port === undefined) return undefined;
  if (kind === "httpService" || kind === "service") {
    const standard = /^(?:http|ws)$/.test(url.scheme) ? 80 : undefined;
    if (url.user !== undefined || overTls.test(url.scheme)) return undefined;
    if ((url.port ?? standard) !== port) return undefined;
    const usual = kind === "httpService" ? "http" : "tcp";
    return urlOf(name, url.scheme === usual ? undefined : url.scheme, url.rest);
  }
  if (!schemes[kind].test(url.scheme) || (url.port ?? port) !== port) return undefined;
  if (kind === "kafka")
    return url.user === undefined && ["", "/"].includes(url.rest) ? urlOf(name, undefined, "") : undefined;
  if (kind === "redis") {
    if (!samePassword(url.password, account?.password) || !["", "default", undefined].includes(url.user))
      return undefined;
    return urlOf(name, undefined, /^\/?0?$/.test(url.rest) ? "" : url.rest);
  }
  if (kind === "mongodb") {
    if (url.user !== account?.user || !samePassword(url.password, account?.password)) return undefined;
    const usual = `/${account?.database ?? ""}${account?.secret === undefined ? "" : "?authSource=admin"}`;
    return urlOf(name, undefined, url.rest === usual ? "" : url.rest === "" ? "/" : url.rest);
  }
  // ClickHouse takes who does not say a name for "default".
  const user = kind === "clickhouse" ? (url.user ?? "default") : url.user;
  // Where neither has a password, the one that the database has here comes with urlOf().
  if (account === undefined || user !== account.user || !samePassword(url.password, account.password))
    return undefined;
  if (kind === "rabbitmq") {
    const vhost = account.database === "/" ? ["", "/", "/%2f", "/%2F"] : [`/${account.database ?? ""}`];
    return vhost.includes(url.rest) ? urlOf(name, undefined, "") : undefined;
  }
  const usual = kind === "clickhouse" ? "http" : kind;
  const path = url.rest === `/${account.database ?? ""}` ? "" : url.rest;
  if (kind === "clickhouse") return urlOf(name, undefined, url.rest === "" ? "/" : path);
  // Without a path, a client takes the database of its user's name.
  if (url.rest === "" && account.database !== account.user) return undefined;
  return urlOf(name, url.scheme === usual ? undefined : url.scheme, path);
}

function samePassword(written: string | undefined, own: string | undefined): boolean {
  return plain(written ?? "") === plain(own ?? "") && (written === undefined) === (own === undefined);
}

function urlOf(service: string, scheme: string | undefined, rest: string): ImportedValue | undefined {
  if (rest !== "" && !rest.startsWith("/")) return undefined;
  return {
    kind: "url",
    service,
    ...(scheme !== undefined && { scheme }),
    ...(rest !== "" && { path: rest }),
  };
}

/** The services whose host names a text holds in a place for host names. */
export function mentions(variable: string, text: string, hosts: ReadonlyMap<string, string>): string[] {
  return [...hosts].flatMap(([host, name]) => {
    if (!text.includes(host)) return [];
    const inUrl = new RegExp(`://(?:[^\\s/@]*@)?${escaped(host)}(?=:\\d|[/?,\\s]|$)(?![^/\\s]*@)`);
    const withPort = new RegExp(`(?:^|[\\s,;@=])${escaped(host)}:\\d`);
    const alone = new RegExp(`(?:^|[\\s,;=@])${escaped(host)}(?=$|[\\s,;:/])`);
    const found = inUrl.test(text) || withPort.test(text) || (isAddress.test(variable) && alone.test(text));
    return found ? [name] : [];
  });
}

/** The text with the new names of services whose old ones can be no aliases, where a host name stands. */
function withNewNames(text: string, hosts: ReadonlyMap<string, string>): string {
  return [...hosts]
    .filter(([host, name]) => host !== name)
    .reduce(
      (before, [host, name]) =>
        before.replace(new RegExp(`(^|[\\s,;=@]|://)${escaped(host)}(?=$|[\\s,;:/?])`, "g"), `$1${name}`),
      text,
    );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&");
}
