/**
 * Has Node.js keep what a coordinator's processes load, compiled, in NODE_COMPILE_CACHE. The building of their image runs it as root:
 * what is compiled then, no start compiles again, and a coordinator starts while the first services need the processors. It is kept
 * for each user by itself: for the coordinator's, and for that of a prober.
 */
import { execFileSync } from "node:child_process";
import { chownSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { errorText } from "../core/errors.ts";
import { nobody } from "../engine/one-run.ts";
import { probeKinds } from "../model/probe-kinds/registry.ts";
import type { ProbeKind } from "../model/probe.ts";
import { loadAttempt } from "../probe/registry.ts";

if (process.argv[2] === "load") await loadAll();
else for (const user of [nobody, 0]) loadAs(user);

/** Where that fails, processes of the user compile for themselves, and start later: that is no reason to have no coordinator. */
function loadAs(user: number): void {
  try {
    // Node.js has made the folder when this process started, for root.
    chownSync(process.env["NODE_COMPILE_CACHE"] ?? "", user, user);
    execFileSync(process.execPath, [import.meta.filename, "load"], {
      uid: user,
      gid: user,
      stdio: "inherit",
    });
  } catch (error) {
    console.error(`nothing is compiled for the user ${user}: ${errorText(error)}`);
  }
}

async function loadAll(): Promise<void> {
  await import("./control/relay.ts");
  await import("./serve.ts");
  await import("./load.ts");
  await import("./probing/prober.ts");
  await import("./probing/bundled-threads.ts");
  await import("./observers/metrics/instruments.ts");
  await import("./observers/metrics/measures.ts");
  await import("./observers/traces/send-spans.ts");
  for (const kind of Object.keys(probeKinds)) await loadAttempt(kind as ProbeKind);
  flushCompileCache();
}
