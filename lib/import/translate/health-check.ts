import type { ComposeService } from "../read/service-schema.ts";
import { isItself, readHttpCheck } from "./http-check.ts";
import type { DatabaseKind } from "./images.ts";
import type { ImportedProbe } from "./imported-probe.ts";
import { shellWords } from "../read/shell-words.ts";
import { isPort } from "./url.ts";

/** What a health check asks. */
export interface ReadHealthCheck {
  /** The check as the engine takes it. */
  readonly command: readonly string[];
  /** Absent where the check is not one that is known. */
  readonly probe?: ImportedProbe;
}

/** The service that a check belongs to. */
export interface Checked {
  readonly name: string;
  readonly kind: DatabaseKind | undefined;
}

/** Reads a service's health check. Undefined where there is none, or it is switched off. */
export function readHealthCheck(
  { healthcheck }: ComposeService,
  checked: Checked,
): ReadHealthCheck | undefined {
  const { test, disable } = healthcheck ?? {};
  if (test === undefined || disable === true) return undefined;
  const command = typeof test === "string" ? ["CMD-SHELL", test] : test;
  const [how, ...words] = command;
  if (how === "NONE" || how === undefined) return undefined;
  // Most often its shell reads what it is to ask from a pipe.
  const pipes = /\bmongo(?:sh)?\b/.test(command.join(" ")) && /\bping\b/.test(command.join(" "));
  if (checked.kind === "mongodb" && pipes) return { command, probe: { kind: "ping" } };
  const simple = how === "CMD" ? unwrapped(words) : simpleCommand(words.join(" "));
  const found = simple && probeOf(simple, checked);
  const probe = found !== undefined && "port" in found && !isPort(found.port) ? undefined : found;
  return { command, ...(probe && { probe }) };
}

/** The command of `sh -c "…"`, or the command itself. */
function unwrapped(words: readonly string[]): readonly string[] | undefined {
  const [shell = "", option, script] = words;
  return /^(?:\/bin\/)?(?:ba|a)?sh$/.test(shell) && option === "-c" && script !== undefined
    ? simpleCommand(script)
    : words;
}

/** A longer one is no check that an import knows. */
const longestScript = 2000;

/** What may follow a check without changing what it asks. */
const idleEnding =
  /\s*(?:(?:\|\||;)\s*(?:exit\s+\d+|false)|>\s*\/dev\/null|2>\s*(?:&1|\/dev\/null)|\|\s*grep\s+(?:-\w+\s+)*["']?PONG["']?)\s*$/i;

/** A script's one command; undefined where it is more than that. */
function simpleCommand(script: string): readonly string[] | undefined {
  let text = script.trim();
  if (text.length > longestScript) return undefined;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(idleEnding, "");
  }
  // With these it does what an import does not look into.
  if (/[|;&<>`(]/.test(text.replace(/(["']).*?\1/gs, "").replace(/(?<=\S)[&](?=\S)/g, ""))) return undefined;
  return shellWords(text).words;
}

function probeOf(words: readonly string[], { name, kind }: Checked): ImportedProbe | undefined {
  const program = (words[0] ?? "").replace(/^.*\//, "");
  const args = words.slice(1);
  switch (program) {
    case "pg_isready":
      return kind === "postgres" ? { kind: "sql", statement: "SELECT 1" } : undefined;
    case "psql": {
      const statement = option(args, ["-c", "--command"]);
      return kind === "postgres" && isPlain(statement) ? { kind: "sql", statement } : undefined;
    }
    case "mysqladmin":
    case "mariadb-admin":
    case "healthcheck.sh":
      return kind === "mysql" ? { kind: "sql", statement: "SELECT 1" } : undefined;
    case "rabbitmq-diagnostics":
      return kind === "rabbitmq" && /^(?:ping|check_running|check_port_connectivity)$/.test(args.at(-1) ?? "")
        ? { kind: "amqp" }
        : undefined;
    case "redis-cli":
    case "valkey-cli":
      return kind === "redis" && args.at(-1)?.toLowerCase() === "ping" ? { kind: "ping" } : undefined;
    case "clickhouse-client": {
      const statement = option(args, ["--query", "-q"]);
      return kind === "clickhouse" && isPlain(statement) ? { kind: "query", statement } : undefined;
    }
    case "curl":
    case "wget":
      return readHttpCheck(program, args, { name, clickhouse: kind === "clickhouse" });
    case "nc": {
      const [host, port] = args.filter((arg) => !arg.startsWith("-"));
      return isItself(host, name) && /^\d+$/.test(port ?? "")
        ? { kind: "tcp", port: Number(port) }
        : undefined;
    }
    case "grpc_health_probe":
      return readGrpcCheck(args, name);
    default:
      return undefined;
  }
}

/** Undefined where the check asks somebody else, or in another way, such as over TLS. */
function readGrpcCheck(args: readonly string[], name: string): ImportedProbe | undefined {
  const plain = args.every((arg) => /^--?(?:addr|service|connect-timeout|rpc-timeout)=/.test(arg));
  const [, host, port] = /^([^:]*):(\d+)$/.exec(option(args, ["-addr", "--addr"]) ?? "") ?? [];
  if (!plain || port === undefined || !(host === "" || isItself(host, name))) return undefined;
  return { kind: "grpc", port: Number(port), service: option(args, ["-service", "--service"]) };
}

/** The value of an option, in the next word or after "=". */
function option(args: readonly string[], names: readonly string[]): string | undefined {
  for (const [i, arg] of args.entries()) {
    if (names.includes(arg)) return args[i + 1];
    const long = names.find((name) => arg.startsWith(`${name}=`));
    if (long !== undefined) return arg.slice(long.length + 1);
  }
  return undefined;
}

/** A statement without a variable of the shell. */
function isPlain(statement: string | undefined): statement is string {
  return statement !== undefined && statement !== "" && !statement.includes("$");
}
