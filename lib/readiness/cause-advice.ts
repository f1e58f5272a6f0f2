import { setSecretCommand } from "../model/stack-command.ts";
import type { ProbeStatus } from "../model/status.ts";
import { addressOf } from "../probe/address.ts";
import type { EndpointOf } from "../model/endpoint.ts";
import type { CauseCode } from "../probe/outcome.ts";
import type { Failed } from "./failed.ts";

/** What to try against each kind of cause that the failing probes met last, each sentence once. */
export function causeAdvice(failed: Failed): string[] {
  const sentences = failed.status.probes.flatMap((probe) => {
    const { passing, lastCause, kind } = probe;
    if (passing || lastCause === undefined) return [];
    const advice = byCause[lastCause.code as CauseCode];
    if (advice === undefined) return [];
    return typeof advice === "string" ? [advice] : advice(failed, kind);
  });
  return [...new Set(sentences)];
}

type Advice = string | ((failed: Failed, kind: ProbeStatus["kind"]) => readonly string[]);

const byCause: Readonly<Partial<Record<CauseCode, Advice>>> = {
  refused: ({ status: { health } }) => [
    health === "healthy"
      ? "The engine calls it healthy, since that check asks from inside: it listens on its own loopback only. Have it listen on all addresses (0.0.0.0), on the declared port."
      : "Nothing listens on its port: check that it listens on all addresses (0.0.0.0) and on the declared port, and not on its own loopback.",
  ],
  reset: "It closes connections before it answers: its own log should say why.",
  dns: ({ status: { service } }) => [
    `The name ${service} has no address on the stack's network: check with "docker ps -a" that its container runs and is on that network.`,
  ],
  unreachable:
    "There is no route to it: check that its container and the coordinator are on the same network.",
  tls: "The TLS handshake fails: compare the versions and ciphers that it allows with what its clients speak, and look at its log.",
  certificateExpired:
    "Renew its certificate, and have it load the new one; where the day is right, compare the clocks of the machines.",
  certificateName:
    'Give it a certificate for the name that its clients use, or have the probe say for which name it is: serverName: "…" in the https or tls of the declaration.',
  certificateAuthority:
    'Give the declaration the authority that has signed its certificate: ca: projectFile("ops/ca.pem") or secret("ca"). Where the authority is right, the server may leave out a certificate in between: have it send its whole chain.',
  clientCertificate:
    'Give the declaration a certificate that it accepts, and its key: certificate: projectFile("ops/client.pem"), key: secret("clientKey"). Its own log names what it does not accept.',
  timeout: (_, kind) => [timeoutAdvice(kind)],
  authentication: passwordAdvice,
  account: ({ spec: { endpoint } }) => [
    endpoint && "user" in endpoint && endpoint.protocol !== "clickhouse"
      ? `It does not let in the account ${endpoint.user}: its image makes that account, and its database, only together with new data. Declare the user that the data was made with, or create it inside.`
      : "It does not let this account in: compare the account in the declaration with its own settings.",
  ],
  protocol:
    "What answers does not speak the expected protocol: check that the declared port is the right one, and whether it speaks TLS there: the declaration says so by https (of a probe) or tls (of a service).",
  server: "It answers with an error of its own: what the probe asks for is not there yet, or never will be.",
  status:
    "It answers, and says by its status that it is not ready: its own log should name what it waits for.",
  request: ({ spec: { endpoint } }) => [
    `It refuses the request as it is sent: often because of the host name in it, which is ${endpoint ? addressOf(endpoint) : "the service's own"} unless the probe says another. Allow that name in its settings, or give the probe one that it knows: headers: { Host: "…" }.`,
    'Where it takes requests of a proxy only, the probe can say what the proxy would: headers: { "X-Forwarded-Proto": "https" }.',
  ],
  https:
    'It wants HTTPS, and redirects to it: leave its health path out of that, or, where a proxy in front of it ends TLS, have the probe say what the proxy would: headers: { "X-Forwarded-Proto": "https" }. A redirect to another name may also mean that it expects a Host header with that name.',
  header:
    "It answers, and a header of its answer is not the expected one: compare the cause with what the declaration expects.",
  body: "It answers, and the answer is not the expected one: compare the cause with what the declaration expects.",
  rows: "It runs, and the data that the probe asks for is not there: did the job that creates it run?",
  capacity:
    "It runs, with less room than the declaration asks for: raise the limit in its settings, or ask for less.",
  slow: "It works, and slower than the declaration's bound: look at the machine's load, or state a bound that this machine can hold.",
  young:
    "It runs, and had not run for long enough: its phase's budget is too short for it, or it was started again.",
  unhealthy: "It runs, and its own health check fails: the cause quotes it.",
  output: "What it writes is not what the declaration waits for: compare the pattern with its log.",
  command: "A command that the declaration runs inside it did not end as expected: try it with docker exec.",
  paused: 'Its container is paused: "docker unpause" lets it go on.',
  exited: "It has ended: its last lines should say why.",
  unwanted: "It does what the declaration says it must not: the cause names it.",
  custom: "A probe of your own says so: its file is named in the declaration.",
  parts: "Several parts of one probe did not pass: the cause names each.",
  running: "It had not ended: its log says how far it came.",
  prober: "The coordinator itself could not ask: see its own log.",
};

/** Who it is that has not answered depends on the probe. */
function timeoutAdvice(kind: ProbeStatus["kind"]): string {
  switch (kind) {
    case "exec":
      return "The command does not end in time: try it with docker exec, and raise the probe's timeout where it is slow by nature.";
    case "completed":
    case "log-line":
    case "engine-healthy":
    case "running":
      return "The container engine does not answer in time: look at the machine's load, and at the engine's own log.";
    case "dns-name":
      return "The name server does not answer in time: the cause names it, where it is not the engine's own.";
    case "custom":
      return "A probe of your own does not come to its end in time: the cause names the step that it was in.";
    case "tcp":
      return "Nothing answers on its address: look for what drops packets on the way, or whether it is too busy to take connections.";
    case "all":
    case "any":
    case "not":
      return "A part of the probe has no answer in time: the cause names it, and the step that it was in.";
    default:
      return "It does not answer in time, in the step that the cause names: look at its load and its dependencies, or raise the probe's timeout where it is slow by nature.";
  }
}

/** Whose password it is decides what helps: some databases keep the one that their data was made with. */
function passwordAdvice({
  status: { container },
  spec: { endpoint },
  keptPasswords,
  stack,
}: Failed): readonly string[] {
  if (endpoint?.protocol !== "postgres" && endpoint?.protocol !== "mysql" && endpoint?.protocol !== "amqp")
    return [
      "It does not accept the account: compare the user and the password of the declaration and the config with its own settings, and whether it was started with them.",
    ];
  const [kept] = keptPasswords;
  if (kept === undefined)
    return [
      "It does not accept the password: compare the user and the password of the declaration and the config with those that its data was made with.",
    ];
  return [
    `Its data in the volume ${kept.volume} keeps the password that it was made with, and that is not the config's. Give it the config's: ${changePassword(endpoint, container)}.`,
    `Or give the config the one that the data has: ${setSecretCommand(stack, kept.secret)} asks for it. If nothing in the volume matters, remove it.`,
  ];
}

/** The command by which the account's password is changed inside the server. */
function changePassword(endpoint: EndpointOf<"postgres" | "mysql" | "amqp">, container: string): string {
  const { protocol, user } = endpoint;
  if (protocol === "amqp")
    return `"docker exec -it ${container} rabbitmqctl change_password ${user}" asks for it`;
  if (protocol === "postgres")
    return `"docker exec -it ${container} psql -U ${user} -d ${endpoint.database} -c '\\password'" asks for it`;
  return `in "docker exec -it ${container} sh -c '$(command -v mariadb || command -v mysql) -u root -p'", which asks for root's, say: ALTER USER ${user} IDENTIFIED BY '...'`;
}
