// When Pulumi itself is killed, the plugins that it started live on and wait for it in vain.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { commandOf } from "./process-identity.mjs";

/**
 * Ends the plugins of this toolchain whose Pulumi is gone, and waits until the engine has finished what they asked of it.
 * @param {string} bin the toolchain's folder @param {string} home its PULUMI_HOME
 */
export async function endOrphanedPlugins(bin, home) {
  let ended = 0;
  if (process.platform !== "linux") return;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || parentOf(pid) !== 1) continue;
    const command = commandOf(pid);
    const isPlugin =
      /(^|\/)pulumi-(language|resource)-[\w.-]+ /.test(command) &&
      (command.includes(`${bin}/`) || command.includes(`${home}/`));
    if (!isPlugin) continue;
    for (const one of [...childrenOf(pid), pid]) {
      try {
        process.kill(one, "SIGTERM");
        ended++;
      } catch {
        // It ended by itself.
      }
    }
  }
  // A request that the engine has accepted is carried out although nobody waits for the answer.
  if (ended > 0) await sleep(500);
}

/** @param {number} pid */
function parentOf(pid) {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}
