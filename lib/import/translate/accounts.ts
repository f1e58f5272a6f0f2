import type { Kinded } from "./kinds.ts";
import type { Report } from "../read/note.ts";
import type { SecretList } from "./secret-list.ts";
import type { UrlText } from "./url.ts";

/** How clients log in to a database, with the password as the compose file has it. */
export interface Account {
  readonly user: string | undefined;
  readonly database: string | undefined;
  /** Undefined where there is none, or it is in a file. */
  readonly password: string | undefined;
  /** The secret's name; undefined of what needs no password. */
  readonly secret: string | undefined;
  /** Of MySQL: the secret of root's password, where its clients are not root. */
  readonly rootSecret: string | undefined;
  /** Of Redis: what is left of its command line. */
  readonly options: readonly string[];
  readonly maxMemory: string | undefined;
}

/** Of a server that whoever reaches it may use. */
const nobody = {
  user: undefined,
  password: undefined,
  secret: undefined,
  rootSecret: undefined,
  options: [],
  maxMemory: undefined,
} as const;

/** The names of the variables by which the images of a database take its account. */
const parts = {
  postgres: { user: ["POSTGRES_USER"], password: ["POSTGRES_PASSWORD"], database: ["POSTGRES_DB"] },
  clickhouse: { user: ["CLICKHOUSE_USER"], password: ["CLICKHOUSE_PASSWORD"], database: ["CLICKHOUSE_DB"] },
  mysql: {
    user: ["MARIADB_USER", "MYSQL_USER"],
    password: ["MARIADB_PASSWORD", "MYSQL_PASSWORD"],
    database: ["MARIADB_DATABASE", "MYSQL_DATABASE"],
  },
  mongodb: {
    user: ["MONGO_INITDB_ROOT_USERNAME"],
    password: ["MONGO_INITDB_ROOT_PASSWORD"],
    database: ["MONGO_INITDB_DATABASE"],
  },
  rabbitmq: {
    user: ["RABBITMQ_DEFAULT_USER"],
    password: ["RABBITMQ_DEFAULT_PASS"],
    database: ["RABBITMQ_DEFAULT_VHOST"],
  },
} as const;
const rootPassword = ["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"] as const;

/**
 * The account of a database that is known; undefined of any other service.
 * @param clients the URLs by which others call it
 */
export function accountOf(
  service: Kinded,
  clients: readonly UrlText[],
  secrets: SecretList,
  note: Report,
): Account | undefined {
  switch (service.kind) {
    case "redis":
      return redisAccount(service, secrets, note);
    case "postgres": {
      const user = said(service, parts.postgres.user) ?? "postgres";
      return databaseAccount(service, "postgres", { user, database: user }, secrets, note);
    }
    case "clickhouse":
      return databaseAccount(service, "clickhouse", { user: "default", database: "default" }, secrets, note);
    case "mysql":
      return mysqlAccount(service, secrets, note);
    case "kafka":
      return { ...nobody, database: undefined };
    case "mongodb":
      return mongodbAccount(service, clients, secrets, note);
    case "rabbitmq": {
      const byDefault = { user: "guest", database: "/", password: "guest" };
      return databaseAccount(service, "rabbitmq", byDefault, secrets, note);
    }
    case "httpService":
    case "service":
    case "job":
      return undefined;
  }
}

function databaseAccount(
  service: Kinded,
  kind: keyof typeof parts,
  byDefault: {
    readonly user: string;
    readonly database: string | undefined;
    readonly password?: string;
  },
  secrets: SecretList,
  note: Report,
): Account {
  const { name, variables } = service;
  const names = parts[kind];
  const place = `services.${name}.environment.${variableOf(service, names.password)}`;
  const password = said(service, names.password) ?? byDefault.password;
  const common = {
    user: said(service, names.user) ?? byDefault.user,
    database: said(service, names.database) ?? byDefault.database,
    password,
    rootSecret: undefined,
    options: [],
    maxMemory: undefined,
  };
  const granted = fileOf(service, names.password);
  if (granted !== undefined) return { ...common, secret: secrets.file(granted, `secrets.${granted}`) };
  // Whom the server trusts needs no password, then as now.
  if (said(service, names.password) === undefined && variables["POSTGRES_HOST_AUTH_METHOD"] !== "trust")
    note(
      "changed",
      place,
      "it had no password of its own, and has one here: clients that do not get its URL by urlOf() must be given it",
    );
  return { ...common, secret: secrets.password(name, password, place) };
}

/** Who reaches it may use it, unless the image makes an account. Its clients say which database is theirs. */
function mongodbAccount(
  service: Kinded,
  clients: readonly UrlText[],
  secrets: SecretList,
  note: Report,
): Account {
  const ofClients = clients.map(({ rest }) => /^\/([\w-]+)/.exec(rest)?.[1]).find((one) => one !== undefined);
  const database = said(service, parts.mongodb.database) ?? ofClients ?? "test";
  const user = said(service, parts.mongodb.user);
  if (user !== undefined) return databaseAccount(service, "mongodb", { user, database }, secrets, note);
  return { ...nobody, database };
}

/** Without a user of its own, the clients of the images are root. */
function mysqlAccount(service: Kinded, secrets: SecretList, note: Report): Account {
  const { name } = service;
  const hasUser = said(service, parts.mysql.user) !== undefined;
  const root = said(service, rootPassword);
  const place = `services.${name}.environment.${variableOf(service, rootPassword)}`;
  const rootFile = fileOf(service, rootPassword);
  if (hasUser) {
    const account = databaseAccount(service, "mysql", { user: "", database: undefined }, secrets, note);
    if (rootFile !== undefined)
      return { ...account, rootSecret: secrets.file(rootFile, `secrets.${rootFile}`) };
    return root === undefined ? account : { ...account, rootSecret: secrets.rootPassword(name, root, place) };
  }
  const secret =
    rootFile === undefined
      ? secrets.password(name, root, place)
      : secrets.file(rootFile, `secrets.${rootFile}`);
  return {
    user: "root",
    database: said(service, parts.mysql.database),
    password: root,
    secret,
    rootSecret: undefined,
    options: [],
    maxMemory: undefined,
  };
}

/** The secret of the compose file that a variable such as POSTGRES_PASSWORD_FILE leads to. */
function fileOf({ variables, service }: Kinded, names: readonly string[]): string | undefined {
  const files = names.map((name) => variables[`${name}_FILE`]);
  return (service.secrets ?? []).find(({ source, target }) =>
    files.includes(target?.startsWith("/") ? target : `/run/secrets/${target ?? source}`),
  )?.source;
}

function said({ variables }: Kinded, names: readonly string[]): string | undefined {
  return names.map((name) => given(variables[name])).find((value) => value !== undefined);
}

/** The variable that is set, or the one that is best known. */
function variableOf({ variables }: Kinded, names: readonly string[]): string {
  return names.find((name) => variables[name] !== undefined) ?? names.at(-1) ?? "";
}

/** The variables of a database that its account stands for. */
export const accountVariables: ReadonlySet<string> = new Set(
  [
    ...Object.values(parts).flatMap(({ user, password, database }) => [...user, ...password, ...database]),
    ...rootPassword,
  ].flatMap((name: string) => [name, `${name}_FILE`]),
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
    rootSecret: undefined,
    options: secrets.isIn(options) ? [] : options,
    maxMemory,
  };
}

function given(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
