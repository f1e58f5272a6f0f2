// Where Pulumi keeps its state, and the secret that encrypts what is secret in it.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { binDir, localDir, root } from "./paths.mjs";

const stateDir = join(localDir, "state");
const passphraseFile = join(localDir, "passphrase");
const localUrl = pathToFileURL(stateDir).href;

/** Whether state is kept in this checkout: so it is, unless the user has named another place. */
const isLocal = () => {
  const chosen = process.env["PULUMI_BACKEND_URL"];
  return chosen ? chosen === localUrl : !process.env["PULUMI_ACCESS_TOKEN"];
};

/** @returns {import("./report.mjs").Result} */
export function ensureBackend() {
  if (!isLocal())
    return { was: `state: ${process.env["PULUMI_BACKEND_URL"] || "Pulumi Cloud"} (as you set it)` };
  const isNew = !existsSync(stateDir);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  chmodSync(stateDir, 0o700);
  // "wx": of two processes that get here at once, only one writes, and both read the same afterwards.
  if (!existsSync(passphraseFile)) {
    try {
      writeFileSync(passphraseFile, `${randomBytes(24).toString("base64url")}\n`, {
        mode: 0o600,
        flag: "wx",
      });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
  }
  return isNew
    ? { did: "state in .phasegate/state, passphrase in .phasegate/passphrase" }
    : { was: "state in .phasegate/state" };
}

/**
 * The variables that make the plain words `pulumi …` work; what the user has set wins.
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 * @returns {Record<string, string>}
 */
export function pulumiVariables(toolchain) {
  /** @type {Record<string, string>} */
  const variables = {
    PATH: pathWith([binDir, toolchain.bin]),
    PULUMI_HOME: toolchain.home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Each command starts Node.js anew, for the program and for the dynamic resources: a third of their time is compiling.
    NODE_COMPILE_CACHE: join(localDir, "compile-cache"),
  };
  if (isLocal()) {
    variables["PULUMI_BACKEND_URL"] = localUrl;
    if (process.env["PULUMI_CONFIG_PASSPHRASE"] === undefined) {
      variables["PULUMI_CONFIG_PASSPHRASE_FILE"] =
        process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] || passphraseFile;
    }
  }
  return variables;
}

/** @param {readonly string[]} first folders that come before all others */
function pathWith(first) {
  const rest = (process.env["PATH"] ?? "").split(delimiter).filter((dir) => !first.includes(dir));
  return [...first, ...rest].join(delimiter);
}

/** The folder of the state when the backend is one of files, else undefined. */
export function stateFolder() {
  const url = isLocal() ? localUrl : process.env["PULUMI_BACKEND_URL"];
  if (!url?.startsWith("file://")) return undefined;
  return url.startsWith("file://~") ? undefined : join(fileURLToPath(url), ".pulumi");
}

/** The project's name, as Pulumi.yaml gives it. */
export function projectName() {
  return /^name:\s*["']?([\w.-]+)/m.exec(readFileSync(join(root, "Pulumi.yaml"), "utf8"))?.[1] ?? "phasegate";
}
