import { upCommand } from "../model/stack-command.ts";

/** What a run of `pulumi up` has written, when it failed. */
export interface PulumiOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** What went wrong in a run of `pulumi up`, in Pulumi's words where they are enough; undefined where it wrote nothing of it. */
export function pulumiFailure(stack: string, { stdout, stderr }: PulumiOutput): string | undefined {
  return (
    lockedText(stack, stderr) ?? diagnosticsIn(stdout) ?? (stderr.trim() === "" ? undefined : stderr.trim())
  );
}

/** Who holds the lock of a stack in a file backend, and since when. */
function lockedText(stack: string, stderr: string): string | undefined {
  if (!stderr.includes("the stack is currently locked by")) return undefined;
  const holders = [...stderr.matchAll(/created by (\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, who, pid, since]) => `${who} (pid ${pid}) since ${since}`,
  );
  if (holders.length === 0) return undefined;
  return (
    `the stack ${stack} is locked by ${holders.join(" and by ")}. Wait until that has ended, then run ${upCommand(stack)} again. ` +
    `If that process is gone, "pulumi cancel --stack ${stack}" removes its lock.`
  );
}

/** The part of Pulumi's output that says what went wrong. */
function diagnosticsIn(output: string): string | undefined {
  return /^Diagnostics:\n([\s\S]*?)(?=^(?:Outputs|Resources|Duration):|$(?![\s\S]))/m
    .exec(output)?.[1]
    ?.trim();
}
