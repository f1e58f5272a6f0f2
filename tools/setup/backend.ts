/** Where Pulumi keeps its state, and the passphrase that encrypts what is secret in it. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "yaml";
import { localDir, root } from "../bootstrap/paths.mjs";
import type { Result } from "../bootstrap/report.mjs";

const stateDir = join(localDir, "state");
const passphraseFile = join(localDir, "passphrase");
const localUrl = pathToFileURL(stateDir).href;

/** Whether state is kept in this checkout: so it is, unless the user has named another place. */
export function isLocalBackend(): boolean {
  const chosen = process.env["PULUMI_BACKEND_URL"];
  return chosen ? chosen === localUrl : !process.env["PULUMI_ACCESS_TOKEN"];
}

export function ensureBackend(): Result {
  if (!isLocalBackend())
    return { was: `state: ${process.env["PULUMI_BACKEND_URL"] || "Pulumi Cloud"} (as you set it)` };
  const isNew = !existsSync(stateDir);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  chmodSync(stateDir, 0o700);
  writeOnce(passphraseFile, `${randomBytes(24).toString("base64url")}\n`);
  return isNew
    ? { did: "state in .phasegate/state, passphrase in .phasegate/passphrase" }
    : { was: "state in .phasegate/state" };
}

/** Of two processes that get here at once only one writes, and both read the same afterwards. */
function writeOnce(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** The variables that say where state is; what the user has set wins. */
export function backendVariables(): Record<string, string> {
  if (!isLocalBackend()) return {};
  const passphrase =
    process.env["PULUMI_CONFIG_PASSPHRASE"] === undefined
      ? { PULUMI_CONFIG_PASSPHRASE_FILE: process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] || passphraseFile }
      : {};
  return {
    PULUMI_BACKEND_URL: localUrl,
    ...passphrase,
    // The salt that belongs to the passphrase is in the state: see stack-config.ts.
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  };
}

/** The folder of the state when the backend is one of files, else undefined. */
export function stateFolder(): string | undefined {
  const url = isLocalBackend() ? localUrl : process.env["PULUMI_BACKEND_URL"];
  if (!url?.startsWith("file://")) return undefined;
  return url.startsWith("file://~") ? undefined : join(fileURLToPath(url), ".pulumi");
}

/** The project's name, as Pulumi.yaml gives it. */
export function projectName(): string {
  return (parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as { readonly name: string }).name;
}
