// Makes sure that a stack exists in the backend and that its secrets are set.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectName, stateFolder } from "./backend.mjs";
import { settleInterrupted } from "./interrupted.mjs";
import { endOrphanedPlugins } from "./orphans.mjs";
import { root } from "./paths.mjs";
import { lastLines, mustRun, run } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { clearDeadLock } from "./state-lock.mjs";

/**
 * @param {string} stack
 * @param {import("./needs.mjs").Needs} needs
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 * @param {NodeJS.ProcessEnv} env in which `pulumi` runs
 * @returns {Promise<import("./report.mjs").Result>}
 */
export async function ensureStack(stack, needs, toolchain, env) {
  const done = [];
  if (!(await exists(stack, env))) {
    await makeStack(stack, env);
    done.push("made");
  }
  if (clearDeadLock(stack)) {
    await endOrphanedPlugins(toolchain.bin, toolchain.home);
    done.push("cleared the lock of a process that is gone");
  }
  const settled = await settleInterrupted(stack, env);
  if (settled !== undefined) done.push(settled);

  const missing = await missingSecrets(stack, needs.secrets, env);
  for (const name of missing) {
    const args = [
      "config",
      "set",
      "--stack",
      stack,
      "--secret",
      "--path",
      `phasegate:secrets.${name}`,
      "--non-interactive",
    ];
    // On standard input: what stands on a command line can be read by every user of the machine.
    await mustRun(`set the secret ${name}`, "pulumi", args, {
      env,
      cwd: root,
      input: randomBytes(24).toString("base64url"),
    });
  }
  if (missing.length > 0)
    done.push(`generated ${missing.length === 1 ? `the secret ${missing[0]}` : `${missing.length} secrets`}`);
  return done.length > 0
    ? { did: `${stack}: ${done.join(", ")}` }
    : { was: `${stack}, declaration ${needs.declaration}` };
}

/** @param {string} stack @param {NodeJS.ProcessEnv} env */
async function exists(stack, env) {
  const state = stateFolder();
  if (state !== undefined) return existsSync(join(state, "stacks", projectName(), `${stack}.json`));
  return (
    (await run("pulumi", ["stack", "export", "--stack", stack, "--non-interactive"], { env, cwd: root }))
      .code === 0
  );
}

/** @param {string} stack @param {NodeJS.ProcessEnv} env */
async function makeStack(stack, env) {
  const { code, output } = await run("pulumi", ["stack", "init", stack, "--no-select", "--non-interactive"], {
    env,
    cwd: root,
  });
  // Two processes may have come here at once: then one of them has made it.
  if (code === 0 || (await exists(stack, env))) return;
  if (output.includes("incorrect passphrase")) {
    throw new SetupError(
      `Pulumi.${stack}.yaml holds secrets encrypted with a passphrase that is not the one of this checkout.\n` +
        "If you have it: write it to .phasegate/passphrase, or set PULUMI_CONFIG_PASSPHRASE. If not: take `encryptionsalt` and\n" +
        "`phasegate:secrets` out of that file; new secrets are then generated.",
    );
  }
  throw new SetupError(`could not make the stack ${stack}:\n${lastLines(output, 12)}`);
}

/** @param {string} stack */
const configText = (stack) => readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");

/**
 * Names that the stack's config does not hold yet.
 * @param {string} stack @param {readonly string[]} names @param {NodeJS.ProcessEnv} env
 */
async function missingSecrets(stack, names, env) {
  // The usual case is read from the file as Pulumi writes it; when that does not find a name, Pulumi is asked.
  const block = /^ {2}phasegate:secrets:\n((?: {4,}.*\n?)*)/m.exec(configText(stack))?.[1] ?? "";
  const seen = new Set([...block.matchAll(/^ {4}([\w-]+):/gm)].map((match) => match[1]));
  if (names.every((name) => seen.has(name))) return [];
  // Not by mustRun, which would show the output if it failed: what is asked for are secrets.
  const args = ["config", "--json", "--show-secrets", "--stack", stack, "--non-interactive"];
  const { code, stdout } = await run("pulumi", args, { env, cwd: root });
  if (code !== 0)
    throw new SetupError(
      `could not read the config of stack ${stack}: see \`pulumi config --stack ${stack}\`.`,
    );
  const set = new Set(Object.keys(JSON.parse(stdout)["phasegate:secrets"]?.objectValue ?? {}));
  return names.filter((name) => !set.has(name));
}
