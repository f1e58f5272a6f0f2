import type { ServiceFailure, ServiceStory } from "../model/story.ts";
import type { Expectation } from "../model/plan.ts";
import type { CauseCode } from "../probe/outcome.ts";
import type { Exit } from "./service-container.ts";

interface Failed {
  readonly story: ServiceStory;
  readonly expectation: Expectation;
  readonly reason: ServiceFailure["reason"];
  readonly exit: Exit | undefined;
}

/** What to try, a sentence each, the likeliest first. */
export function adviceFor({ story, expectation, reason, exit }: Failed): string[] {
  const { service, container, phase } = story;
  const byReason = {
    gone: () => ["It was removed by other means than Pulumi. The same command creates it again."],
    exited: () => (exit ? [exitAdvice(exit)] : []),
    permanent: () => causeAdvice(story),
    deadline: () => [...causeAdvice(story), budgetAdvice(phase, expectation)],
  };
  const commands = [
    `"npx phasegate validate ${service}" asks every probe once, now, and shows each answer.`,
    `"docker logs ${container}" shows all that it has written.`,
  ];
  return [...byReason[reason](), ...(reason === "gone" ? [] : commands)];
}

function budgetAdvice(phase: string, { budget, job }: Expectation): string {
  const needs = job ? "If the job rightly takes longer" : "If it rightly needs longer to start";
  return `${needs} than ${budget}, raise the timeout of the phase ${phase} in the declaration, or startupTimeoutMultiplier in this environment's config.`;
}

function exitAdvice({ code, outOfMemory, startError }: Exit): string {
  if (/port is already allocated|address already in use/i.test(startError))
    return "Another program has its port: stop that one, or set another portBase in this environment's config.";
  if (startError !== "")
    return "The engine could not start it: its message above says what is wrong with the image, the command or a mount.";
  if (outOfMemory)
    return "It was killed for using more memory than it may: give it more, or make it use less.";
  switch (code) {
    case 126:
      return "Its command could not be executed: check the command, and that the file in the image is executable.";
    case 127:
      return "Its command was not found in the image: check the image and the command.";
    case 137:
      return "It was killed with SIGKILL: by somebody, or by a machine that has run out of memory.";
    case 143:
      return "It was ended with SIGTERM: somebody or something outside has stopped it.";
    default:
      return "Its last lines say why it ended, if it said anything; correct its settings in the declaration or the config.";
  }
}

/** Advice on each kind of cause that the failing probes met last, once. */
function causeAdvice({ service, probes }: ServiceStory): string[] {
  const codes = probes.flatMap(({ passing, lastCause }) =>
    passing || !lastCause ? [] : [lastCause.code as CauseCode],
  );
  return [...new Set(codes)].flatMap((code) => {
    const advice = byCause[code];
    return advice === undefined ? [] : [advice.replaceAll("{service}", service)];
  });
}

const byCause: Readonly<Partial<Record<CauseCode, string>>> = {
  refused:
    "Nothing listens on its port: check that it listens on all addresses (0.0.0.0) and on the declared port, and not on its own loopback.",
  reset: "It closes connections before it answers: its own log should say why.",
  dns: 'The name {service} has no address on the stack\'s network: check with "docker ps -a" that its container runs and is on that network.',
  unreachable:
    "There is no route to it: check that its container and the coordinator are on the same network.",
  tls: "The TLS handshake fails: check its certificate, and whether it speaks TLS on this port at all.",
  timeout:
    "It takes connections and does not answer in time: look at its load and its dependencies, or raise the probe's timeout where it is slow by nature.",
  authentication:
    "It does not accept the account: the password in the config is another than the one its data was initialised with. Set the old one (pulumi config set --secret), change it inside the service, or remove its volume if nothing in it matters.",
  protocol:
    "What answers does not speak the expected protocol: check that the declared port is the right one.",
  server: "It answers with an error of its own: what the probe asks for is not there yet, or never will be.",
  status:
    "It answers, and says by its status that it is not ready: its own log should name what it waits for.",
  body: "It answers, and the answer is not the expected one: compare the cause with what the declaration expects.",
  rows: "It runs, and the data that the probe asks for is not there: did the job that creates it run?",
  capacity:
    "It runs, with less room than the declaration asks for: raise the limit in its settings, or ask for less.",
  slow: "It works, and slower than the declaration's bound: look at the machine's load, or state a bound that this machine can hold.",
  young:
    "It runs, and had not run for long enough: its phase's budget is too short for it, or it was started again.",
  unhealthy:
    "It runs, and its own word for itself is that it is not well: the cause quotes its health check.",
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
