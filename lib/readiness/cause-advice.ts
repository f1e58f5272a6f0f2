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
      ? "The engine calls it healthy because the engine's check runs inside the container: the service listens on its own loopback only. Make it listen on all addresses (0.0.0.0), on the declared port."
      : "Nothing listens on its port: check that it listens on the declared port, and on all addresses (0.0.0.0) instead of its own loopback.",
  ],
  reset: "It closes connections before it answers: its log should say why.",
  dns: ({ status: { service } }) => [
    `The name ${service} has no address on the stack's network: check with "docker ps -a" that its container is running and is on that network.`,
  ],
  unreachable:
    "There is no route to it: check that its container and the coordinator are on the same network.",
  tls: "The TLS handshake fails: compare the versions and ciphers that it allows with those of its clients, and look at its log.",
  certificateExpired:
    "Renew its certificate, and make it load the new one. If the dates are right, compare the clocks of the machines.",
  certificateName:
    'Give it a certificate for the name that its clients use, or set the name of the certificate in the probe: serverName: "…" in the https or tls of the declaration.',
  certificateAuthority:
    'Add the authority that signed its certificate to the declaration: ca: projectFile("ops/ca.pem") or secret("ca"). If the authority is right, the server may omit an intermediate certificate: make it send its whole chain.',
  clientCertificate:
    'Add a certificate that it accepts, and the key, to the declaration: certificate: projectFile("ops/client.pem"), key: secret("clientKey"). Its log says what it does not accept.',
  timeout: (_, kind) => [timeoutAdvice(kind)],
  authentication: passwordAdvice,
  account: ({ spec: { endpoint } }) => [
    endpoint && "user" in endpoint && endpoint.protocol !== "clickhouse"
      ? `It does not let in the account ${endpoint.user}: its image creates that account, and its database, only together with new data. Declare the user that the data was created with, or create the account in the database.`
      : "It does not let this account in: compare the account in the declaration with the service's settings.",
  ],
  protocol:
    "The answer is not in the expected protocol: check that the declared port is the right one, and whether the service speaks TLS there. If it does, set https (of a probe) or tls (of a service) in the declaration.",
  server: "It answers with an error of its own: what the probe asks for does not exist yet, or never will.",
  status: "It answers with a status that says that it is not ready: its log should name what it waits for.",
  request: ({ spec: { endpoint } }) => [
    `It rejects the request, often because of the host name in it, which is ${endpoint ? addressOf(endpoint) : "the service's own"} unless the probe sets another one. Allow that name in its settings, or set a name that it knows: headers: { Host: "…" }.`,
    'If it accepts requests only from a proxy, let the probe send what the proxy sends: headers: { "X-Forwarded-Proto": "https" }.',
  ],
  https:
    'It redirects to HTTPS: exclude its health path from that or, if a proxy in front of it terminates TLS, let the probe send what the proxy sends: headers: { "X-Forwarded-Proto": "https" }. A redirect to another name may also mean that it expects a Host header with that name.',
  header:
    "It answers, but a header is not the expected one: compare the cause with what the declaration expects.",
  body: "It answers, but not as expected: compare the cause with what the declaration expects.",
  rows: "It runs, but the data that the probe asks for is missing: did the job that creates it run?",
  capacity:
    "It runs with less capacity than the declaration requires: raise the limit in its settings, or require less.",
  slow: "It works, but slower than the declaration's bound: look at the machine's load, or set a bound that this machine can meet.",
  young:
    "It had not been running for long enough: its phase's budget is too short for it, or it was restarted.",
  unhealthy: "It runs, but its health check fails: the cause quotes the check.",
  output: "Its output does not match what the declaration waits for: compare the pattern with its log.",
  command: "A command that the probe runs inside it did not end as expected: try it with docker exec.",
  paused: 'Its container is paused: "docker unpause" resumes it.',
  exited: "It has exited: its last lines should say why.",
  unwanted: "It does something that the declaration forbids: the cause names it.",
  custom: "A custom probe reports this: the declaration names its file.",
  parts: "Several parts of one probe did not pass: the cause names each of them.",
  running: "It had not finished: its log shows how far it got.",
  prober: "The coordinator itself could not run the probe: see its log.",
};

/** Who it is that has not answered depends on the probe. */
function timeoutAdvice(kind: ProbeStatus["kind"]): string {
  switch (kind) {
    case "exec":
      return "The command does not end in time: try it with docker exec, and raise the probe's timeout if the command is slow by nature.";
    case "completed":
    case "log-line":
    case "engine-healthy":
    case "running":
      return "The container engine does not answer in time: look at the machine's load, and at the engine's log.";
    case "dns-name":
      return "The name server does not answer in time: the cause names it, unless it is the engine's own.";
    case "custom":
      return "A custom probe does not end in time: the cause names the step that it was in.";
    case "tcp":
      return "Nothing answers at its address: check whether something drops packets on the way, or whether it is too busy to accept connections.";
    case "all":
    case "any":
    case "not":
      return "A part of the probe gets no answer in time: the cause names the part, and the step that it was in.";
    default:
      return "It does not answer in time, in the step that the cause names: look at its load and its dependencies, or raise the probe's timeout if the service is slow by nature.";
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
      "It does not accept the account: compare the user and the password in the declaration and the config with the service's settings, and check whether it was started with them.",
    ];
  const [kept] = keptPasswords;
  if (kept === undefined)
    return [
      "It does not accept the password: compare the user and the password in the declaration and the config with those that its data was created with.",
    ];
  return [
    `Its data in the volume ${kept.volume} keeps the password that it was created with, which is not the one in the config. Set the config's password in the server: ${changePassword(endpoint, container)}.`,
    `Or set the password of the data in the config: ${setSecretCommand(stack, kept.secret)} asks for it. If you do not need the data in the volume, remove the volume.`,
  ];
}

/** The command by which the account's password is changed inside the server. */
function changePassword(endpoint: EndpointOf<"postgres" | "mysql" | "amqp">, container: string): string {
  const { protocol, user } = endpoint;
  if (protocol === "amqp")
    return `"docker exec -it ${container} rabbitmqctl change_password ${user}" asks for it`;
  if (protocol === "postgres")
    return `"docker exec -it ${container} psql -U ${user} -d ${endpoint.database} -c '\\password'" asks for it`;
  return `run "docker exec -it ${container} sh -c '$(command -v mariadb || command -v mysql) -u root -p'", which asks for root's password, and enter: ALTER USER ${user} IDENTIFIED BY '...'`;
}
