/** Builds stand-in images through the engine's API: no docker command is needed. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { buildLog } from "../../lib/engine/build-log.ts";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import { buildImage } from "../../lib/engine/image-build.ts";
import { finished } from "../../lib/engine/images.ts";
import { root } from "../bootstrap/paths.mjs";
import { lastLines } from "../bootstrap/run.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { aptInstall, canInstall, rootPrefix } from "./apt.ts";
import type { Recipe } from "./recipes.ts";
import { which } from "./which.ts";

/** How much of what a build has written stands in the error. */
const shownLines = 12;

/** Makes the base of all stand-ins with debootstrap. */
export async function importBase(recipe: Recipe, image: string): Promise<void> {
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
  const rootfs = output("env", [
    ...prefix,
    `PATH=${process.env["PATH"]}:/usr/sbin:/sbin`,
    "bash",
    join(recipe.dir, "rootfs.sh"),
  ]);
  const [repo, tag] = image.split(":");
  const changes = `LABEL phasegate.recipe=${recipe.hash}`;
  try {
    await finished(dockerClient(), await dockerClient().importImage(rootfs.stream, { repo, tag, changes }));
  } catch (error) {
    throw notBuilt(image, error, "");
  }
  await rootfs.ended;
}

/** Builds a stand-in from its recipe. */
export async function buildStandIn(
  recipe: Recipe,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const added = Object.entries(recipe.files).flatMap(([name, path]) => {
    if (basename(path) !== name) throw new Error(`${recipe.name}: ${path} must be called ${name}`);
    if (!existsSync(join(root, path)))
      throw new SetupError(`the recipe images/${recipe.name} needs ${path}, which is not there: run npm ci`);
    return ["-C", join(root, dirname(path)), name];
  });
  const buildargs = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(https?|no)_proxy$/i.test(name) ? [[name, value]] : [],
    ),
  );
  const log = buildLog(shownLines);
  let archived: Promise<void> | undefined;
  try {
    await buildImage(dockerClient(), image, {
      context: async () => {
        const context = output("tar", ["-c", "-C", recipe.dir, ".", ...added]);
        archived = context.ended;
        return context.stream;
      },
      options: { labels, buildargs },
      onRecord: (record) => void log.read(record),
    });
  } catch (error) {
    throw notBuilt(image, error, log.failure().lines.join("\n"));
  }
  await archived;
}

/** Starts a program whose output is a request's body, and is lost where nobody reads it by the program's end. */
function output(command: string, args: readonly string[]): { stream: Readable; ended: Promise<void> } {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      reject(
        new SetupError(`\`${command} ${args.join(" ")}\` ended with code ${code}\n${lastLines(said, 10)}`),
      );
    });
  });
  ended.catch(() => undefined); // Awaited after the engine has answered; until then it is no unhandled rejection.
  return { stream: child.stdout, ended };
}

function notBuilt(image: string, error: unknown, said: string): SetupError {
  return new SetupError(`could not build ${image}: ${String(error)}\n${said}`, { cause: error });
}
