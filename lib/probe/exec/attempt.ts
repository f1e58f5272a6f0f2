import { patternText } from "../../model/pattern.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { firstMatch } from "../bounded-match.ts";
import { excerpt } from "../../core/excerpt.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext, CommandEnd } from "../probe-kind.ts";
import { errorText } from "../../core/errors.ts";

/** Runs a command in the service's container and judges how it ends and what it writes. */
export const exec: Attempt<"exec"> = async (probe, { host }, context) => {
  const { container, signal } = context;
  context.step("asking the engine for the container's state");
  const { running, paused, exitCode } = await container.state();
  if (!running) return failed(causeOf("exited", `${host} does not run: it ended with exit code ${exitCode}`));
  if (paused) return failed(causeOf("paused", `${host} is paused, and runs no command`));
  const command = commandText(probe);
  context.step(`running ${command}`);
  try {
    return judge(probe, await container.run(probe.command, signal), command, context);
  } catch (error) {
    if (!signal.aborted || error === signal.reason) throw error;
    // It was to be killed, and that has failed: a person has to know.
    const text = `${command} in ${host} did not end within ${context.timeout}; ${errorText(error)}`;
    return failed(causeOf("timeout", text));
  }
};

function judge(
  probe: ProbeOf<"exec">,
  end: CommandEnd,
  command: string,
  { redact }: AttemptContext,
): Finding {
  const reported = (text: string) => excerpt(redact(text));
  if (end.startError !== "")
    return failed(causeOf("command", `${command} cannot be started: ${reported(end.startError)}`, true));
  if (end.exitCode !== probe.exitCode) {
    const said = reported(end.stderr) || reported(end.stdout);
    const tail = said === "" ? "it wrote nothing" : said;
    return failed(
      causeOf(
        "command",
        `${command} ended with exit code ${end.exitCode}, expected ${probe.exitCode}; ${tail}`,
      ),
    );
  }
  if (probe.stdout === undefined) return passed;
  const stdout = end.stdout.replace(/\r?\n$/, "");
  if (firstMatch(probe.stdout, [stdout]) !== undefined) return passed;
  const written = stdout === "" ? "nothing" : reported(stdout);
  return failed(
    causeOf("output", `${command} wrote ${written}, expected a match of ${patternText(probe.stdout)}`),
  );
}

function commandText({ command }: ProbeOf<"exec">): string {
  return excerpt(command.join(" "), 80);
}
