import type { ImportedProbe } from "./imported-probe.ts";
import { looksSecret } from "../../model/looks-secret.ts";

/** Options that take the next word for their value and change nothing of what is asked. */
const idleWithValue: Readonly<Record<string, ReadonlySet<string>>> = {
  curl: new Set([
    "-o",
    "--output",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-w",
    "--write-out",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "-A",
    "--noproxy",
    "--user-agent",
  ]),
  wget: new Set(["-O", "--output-document", "-T", "--timeout", "-t", "--tries", "-U", "--user-agent", "-o"]),
};
/** Several short options in one word, of which the last takes the next word: `-qO /dev/null`. */
const takesNext = { curl: /^-[sSfLkv]+[omwA]$/, wget: /^-[qSv]+[OTtUo]$/ } as const;
/** Options without a value that change nothing, or what is accepted only. */
const idle =
  /^(?:-[qsSfLkvIi0-9]+|--(?:fail|fail-with-body|silent|show-error|location|quiet|spider|no-verbose|no-check-certificate|insecure|head|retry-connrefused|verbose|server-response|method=GET|proxy=off|no-proxy))$/;
const joined =
  /^(?:-(?:O|T|t|o|m|nv)\S*|-q?O\S*|--(?:output-document|timeout|tries|max-time|connect-timeout|retry|user-agent)=.*)$/;

/**
 * Reads a check by curl or wget. Undefined where it asks somebody else, over TLS, with an account, or with an
 * option that is not known.
 */
export function readHttpCheck(
  program: "curl" | "wget",
  args: readonly string[],
  { name, clickhouse }: { readonly name: string; readonly clickhouse: boolean },
): ImportedProbe | undefined {
  const headers: Record<string, string> = {};
  let method: "GET" | "POST" = "GET";
  const urls: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    const next = args[i + 1] ?? "";
    if (arg === "-H" || arg === "--header" || arg.startsWith("--header=")) {
      const header = arg.startsWith("--header=") ? arg.slice("--header=".length) : next;
      const [, key = "", value = ""] = /^([\w-]+):\s*(.*)$/.exec(header) ?? [];
      // A header with an account is a secret, and belongs into no declaration.
      if (key === "" || /authorization|cookie/i.test(key) || looksSecret(key) || value.includes("$"))
        return undefined;
      headers[key] = value;
      if (header === next) i += 1;
    } else if (arg === "-X" || arg === "--request") {
      if (next !== "GET" && next !== "POST") return undefined;
      method = next;
      i += 1;
    } else if (idleWithValue[program]?.has(arg)) i += 1;
    else if (takesNext[program].test(arg)) i += 1;
    else if (arg.startsWith("-") && (idle.test(arg) || joined.test(arg))) continue;
    else if (arg.startsWith("-")) return undefined;
    else urls.push(arg);
  }
  const [target, ...others] = urls;
  if (target === undefined || others.length > 0) return undefined;
  const parts =
    /^(?:(?<scheme>[a-z]+):\/\/)?(?<host>\[[^\]]+\]|[^:/?]+)(?::(?<port>\d+))?(?<path>[/?].*)?$/i.exec(
      target,
    )?.groups;
  const { scheme = "http", host, port = "80", path = "/" } = parts ?? {};
  if (scheme !== "http" || !isItself(host, name) || /[$\s"\\]/.test(path)) return undefined;
  if (clickhouse) return { kind: "query", statement: "SELECT 1" };
  return {
    kind: "http",
    method,
    port: Number(port),
    path: path.startsWith("/") ? (path as `/${string}`) : `/${path}`,
    headers,
    accepts: acceptedBy(program, args),
  };
}

function acceptedBy(program: "curl" | "wget", args: readonly string[]): string {
  if (program === "wget") return "wget passes on every 2xx, and follows redirects";
  const fails = args.some((arg) => /^-[a-zA-Z]*f/.test(arg) || /^--fail(?:-with-body)?$/.test(arg));
  return fails
    ? "curl --fail passes on every status below 400"
    : "curl without --fail passes on every answer";
}

/** Whether a host name, in a service's own check, is the service itself. */
export function isItself(host: string | undefined, name: string): boolean {
  return (
    host !== undefined && (/^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?)$/.test(host) || host === name)
  );
}
