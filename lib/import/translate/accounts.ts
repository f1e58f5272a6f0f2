import type { Kinded } from "./kinds.ts";
import type { Report } from "../read/note.ts";
import type { SecretList } from "./secret-list.ts";

/** How clients log in to a database, with the password as the compose file has it. */
export interface Account {
  readonly user: string | undefined;
  readonly database: string | undefined;
  /** Undefined where there is none, or it is in a file. */
  readonly password: string | undefined;
  /** The secret's name. */
  readonly secret: string | undefined;
  /** Of Redis: what is left of its command line. */
  readonly options: readonly string[];
  readonly maxMemory: string | undefined;
}

const prefixes = { postgres: "POSTGRES", clickhouse: "CLICKHOUSE" } as const;
const defaults = { postgres: "postgres", clickhouse: "default" } as const;

/** The account of a database that is known; undefined of any other service. */
export function accountOf(service: Kinded, secrets: SecretList, note: Report): Account | undefined {
  if (service.kind === "redis") return redisAccount(service, secrets, note);
  if (service.kind !== "postgres" && service.kind !== "clickhouse") return undefined;
  const { name, variables } = service;
  const prefix = prefixes[service.kind];
  const place = `services.${name}.environment.${prefix}_PASSWORD`;
  const user = given(variables[`${prefix}_USER`]) ?? defaults[service.kind];
  const database =
    given(variables[`${prefix}_DB`]) ?? (service.kind === "postgres" ? user : defaults.clickhouse);
  const password = given(variables[`${prefix}_PASSWORD`]);
  const file = variables[`${prefix}_PASSWORD_FILE`];
  const granted = (service.service.secrets ?? []).find(
    ({ source, target }) => file === (target?.startsWith("/") ? target : `/run/secrets/${target ?? source}`),
  );
  const common = { user, database, password, options: [], maxMemory: undefined };
  if (granted !== undefined)
    return { ...common, secret: secrets.file(granted.source, `secrets.${granted.source}`) };
  // Whom the server trusts needs no password, then as now.
  if (password === undefined && variables["POSTGRES_HOST_AUTH_METHOD"] !== "trust")
    note(
      "changed",
      place,
      "it had no password, and has one here: clients that do not get its URL by urlOf() must be given it",
    );
  return { ...common, secret: secrets.password(name, password, place) };
}

/** The variables of a database that its account stands for. */
export const accountVariables: ReadonlySet<string> = new Set(
  Object.values(prefixes).flatMap((prefix) =>
    ["USER", "PASSWORD", "DB", "PASSWORD_FILE"].map((part) => `${prefix}_${part}`),
  ),
);

function redisAccount({ name, service }: Kinded, secrets: SecretList, note: Report): Account {
  const place = `services.${name}.command`;
  const words = service.command ?? [];
  let password: string | undefined;
  let maxMemory: string | undefined;
  const options: string[] = [];
  const args = words[0]?.startsWith("-") ? [...words] : words.slice(1);
  if (args[0] !== undefined && !args[0].startsWith("-")) {
    args.shift();
    note("lost", place, "its own configuration file: give its settings as options of the command");
  }
  for (let i = 0; i < args.length; i += 1) {
    const [arg = "", next = ""] = [args[i], args[i + 1]];
    if (arg === "--requirepass") {
      password = given(next);
      i += 1;
    } else if (arg === "--maxmemory" && /^\d+(?:kb|mb|gb)$/i.test(next)) {
      maxMemory = next.toLowerCase();
      i += 1;
    } else options.push(arg);
  }
  if (secrets.isIn(options)) note("lost", place, "its other options hold a secret: give them without it");
  const secret = password === undefined ? undefined : secrets.password(name, password, place);
  return {
    user: undefined,
    database: undefined,
    password,
    secret,
    options: secrets.isIn(options) ? [] : options,
    maxMemory,
  };
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
