// Builds stand-in images with the engine's HTTP API: no docker command and no BuildKit is needed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { aptInstall, canInstall, rootPrefix } from "./apt.mjs";
import { engineCall, engineMessage } from "./engine-api.mjs";
import { root } from "./paths.mjs";
import { lastLines } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { which } from "./which.mjs";

/** @typedef {import("./recipes.mjs").Recipe} Recipe */

/**
 * Makes the base of all stand-ins with debootstrap.
 * @param {Recipe} recipe @param {string} image
 */
export async function importBase(recipe, image) {
  const prefix = await rootPrefix();
  if (prefix === undefined || process.platform !== "linux") {
    throw new SetupError(
      "no image registry can be reached, and building the stand-ins needs debootstrap, which needs Linux and root\n(or a sudo that asks for no password). Give the engine a registry to pull from, or load the official images: docker load.",
    );
  }
  if (which("debootstrap") === undefined) {
    if (!(await canInstall()))
      throw new SetupError(
        "no image registry can be reached, and building the stand-ins needs debootstrap: install it.",
      );
    await aptInstall(["debootstrap", "debian-archive-keyring"]);
  }
  const { stream, ended } = output("env", [
    ...prefix,
    `PATH=${process.env["PATH"]}:/usr/sbin:/sbin`,
    "bash",
    join(recipe.dir, "rootfs.sh"),
  ]);
  const [repo = "", tag = ""] = image.split(":");
  const changes = `LABEL phasegate.recipe=${recipe.hash}`;
  const answer = await engineCall("/images/create", {
    method: "POST",
    query: { fromSrc: "-", repo, tag, changes },
    stream,
    timeoutMs: 600_000,
  });
  await ended;
  requireSuccess(image, answer);
}

/**
 * Builds a stand-in from its recipe.
 * @param {Recipe} recipe @param {string} image @param {Record<string, string>} labels
 */
export async function buildImage(recipe, image, labels) {
  const added = Object.entries(recipe.files).flatMap(([name, path]) => {
    if (basename(path) !== name) throw new Error(`${recipe.name}: ${path} must be called ${name}`);
    if (!existsSync(join(root, path)))
      throw new SetupError(`the recipe images/${recipe.name} needs ${path}, which is not there: run npm ci`);
    return ["-C", join(root, dirname(path)), name];
  });
  const { stream, ended } = output("tar", ["-c", "-C", recipe.dir, ".", ...added]);
  const proxies = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name)),
  );
  const query = {
    t: image,
    labels: JSON.stringify(labels),
    buildargs: JSON.stringify(proxies),
    rm: "1",
    forcerm: "1",
  };
  const answer = await engineCall("/build", { method: "POST", query, stream, timeoutMs: 600_000 });
  await ended;
  requireSuccess(image, answer);
}

/**
 * Starts a program whose output is the answer.
 * @param {string} command @param {readonly string[]} args
 */
function output(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  /** @type {Promise<void>} */
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0
        ? resolve()
        : reject(
            new SetupError(
              `\`${command} ${args.join(" ")}\` ended with code ${code}\n${lastLines(said, 10)}`,
            ),
          ),
    );
  });
  ended.catch(() => {}); // Awaited after the engine has answered; until then it is no unhandled rejection.
  return { stream: child.stdout, ended };
}

/**
 * The engine answers 200 before it begins: what went wrong stands in the lines that follow.
 * @param {string} image @param {{ status: number, text: string }} answer
 */
function requireSuccess(image, { status, text }) {
  const lines = text.split("\n").flatMap((line) => {
    try {
      return line.trim() === "" ? [] : [JSON.parse(line)];
    } catch {
      return [{ stream: line }];
    }
  });
  const failure = status >= 400 ? engineMessage(text) : lines.find((line) => line.error !== undefined)?.error;
  if (failure === undefined) return;
  const said = lastLines(lines.map((line) => line.stream ?? "").join(""), 12);
  throw new SetupError(`could not build ${image}: ${failure}\n${said}`);
}
