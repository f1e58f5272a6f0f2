/**
 * Pulumi's own provider of dynamic resources, in a process that has loaded phasegate's operations when it is first asked for one.
 * It is started while the program loads, so that nobody waits for them; and it answers first, since Pulumi starts one provider at a
 * time, and registers nothing meanwhile.
 */
import { flushCompileCache } from "node:module";
import { setTimeout as passed } from "node:timers/promises";
import { onEngineCall } from "../providers/engine-call.ts";
import "@pulumi/pulumi/cmd/dynamic-provider/index.js";

/** What Pulumi asks until it is content comes within milliseconds, and is not answered while modules load. */
const untilAnsweredMs = 5;

onEngineCall("Configure", () => void loadOperations());

async function loadOperations(): Promise<void> {
  await passed(untilAnsweredMs);
  await import("./operations.ts");
  // Pulumi ends the process by a signal, at which Node.js would keep nothing of what it has compiled.
  flushCompileCache();
}
