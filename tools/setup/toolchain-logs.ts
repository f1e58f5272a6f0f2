/** What Pulumi's CLI notes of each command for its own makers. */
import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const words = `Pulumi's CLI writes a log of each command into a folder of this name, with every message between its
processes, and has no option that prevents it. Of a system of many services that is a good part of
all that a command does. This file stands where the folder would be: no log is written.
`;

/**
 * Has Pulumi write no such logs, by a file in place of their folder; they are of no use to who does not work on Pulumi itself, and
 * hold all config and state. What a command is asked to log (`--verbose`, `--logtostderr`) goes elsewhere.
 * @param home PULUMI_HOME, one that was made here: a person's own stays as it is
 */
export function keepNoLogs(home: string): void {
  const logs = join(home, "logs");
  if (lstatSync(logs, { throwIfNoEntry: false })?.isFile()) return;
  rmSync(logs, { recursive: true, force: true });
  writeFileSync(logs, words);
}
