// In place of the module by which Pulumi's SDK logs. That one sends the CLI several messages for each resource that are for debugging
// alone, one after the other, and the CLI drops them unless it was told to show them. This one sends them when somebody will see them,
// and whatever else is said always.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

const require = createRequire(import.meta.url);
Reflect.deleteProperty(require.cache, import.meta.filename);
/** The module itself. @type {{ debug(message: string): Promise<void> }} */
const log = require(import.meta.filename);

/** The options of `pulumi` by which it shows them, or hands them on; short ones stand together: `-yd`. */
const shows = /^(?:--(?:debug|verbose|logtostderr|logflow)|-[a-z]*[dv])/;
const variables = ["DEBUG", "VERBOSE", "LOGTOSTDERR", "LOGFLOW"].map((option) => `PULUMI_OPTION_${option}`);

/** What `pulumi` was called with that runs this program by a language host; undefined where it is not found. */
function pulumiArguments() {
  let pid = String(process.ppid);
  for (let generation = 0; generation < 3; generation++) {
    const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    if (basename(program) === "pulumi") return args;
    pid = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
  }
  return undefined;
}

function isShown() {
  if (variables.some((name) => process.env[name])) return true;
  try {
    return pulumiArguments()?.some((argument) => shows.test(argument)) ?? true;
  } catch {
    // Only Linux tells in this way: elsewhere they are sent, as Pulumi's SDK does.
    return true;
  }
}

if (!isShown()) log.debug = () => Promise.resolve();

export { log as "module.exports" };
