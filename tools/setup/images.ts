/** Makes sure that every image which a stack needs can be had: it is here, or a registry has it, or a stand-in is built. */
import { answered, dockerClient, EngineRefusal } from "../../lib/engine/docker-engine.ts";
import { hasImage, standInFor } from "../../lib/engine/images.ts";
import type { Progress, Result } from "../bootstrap/report.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { parseReference } from "./image-reference.ts";
import type { Recipe } from "./recipes.ts";
import { baseName, findRecipe } from "./recipes.ts";
import { buildStandIns, recipeHashOf } from "./stand-ins.ts";

const registryAnswersWithinMs = 8000;

interface Found {
  readonly reference: string;
  readonly state: "here" | "registry" | "stand-in" | "missing";
  readonly recipe?: Recipe | undefined;
}

export async function ensureImages(references: readonly string[], progress: Progress): Promise<Result> {
  const found = await Promise.all(references.map(look));
  const missing = found.filter(({ state }) => state === "missing");
  const unknown = missing.filter(({ recipe }) => recipe === undefined).map(({ reference }) => reference);
  if (unknown.length > 0) {
    throw new SetupError(
      `${unknown.join(", ")}: not on this engine, no registry can be reached to pull ${unknown.length === 1 ? "it" : "them"}, and images/ has no recipe for a stand-in\n(for an image named by its digest there can be none). ` +
        "Give the engine a registry that answers, or load the image: docker load.",
    );
  }
  if (missing.length > 0)
    await buildStandIns(
      missing.flatMap(({ reference, recipe }) => (recipe ? [{ reference, recipe }] : [])),
      progress,
    );

  const count = (...states: Found["state"][]) => found.filter(({ state }) => states.includes(state)).length;
  const parts = [
    ...plural(count("here"), "official image is here", "official images are here"),
    ...plural(count("registry"), "image is pulled by Pulumi", "images are pulled by Pulumi"),
    ...plural(
      count("stand-in", "missing"),
      "stand-in (no registry answers)",
      "stand-ins (no registry answers)",
    ),
  ].join(", ");
  return missing.length > 0 ? { did: parts } : { was: parts || "none needed" };
}

function plural(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

async function look(reference: string): Promise<Found> {
  if (await hasImage(dockerClient(), reference)) return { reference, state: "here" };
  const { name, digest } = parseReference(reference);
  // Only one image has that digest: nothing can stand in. The base of the stand-ins is none itself.
  const recipe = digest === undefined && name !== baseName ? findRecipe(name) : undefined;
  const [hash, answers] = await Promise.all([
    recipeHashOf(standInFor(reference)),
    registryAnswers(reference),
  ]);
  if (answers) return { reference, state: "registry" };
  if (recipe !== undefined && hash === recipe.hash) return { reference, state: "stand-in" };
  return { reference, recipe, state: "missing" };
}

const noAnswer =
  /no such host|dial|lookup|timeout|deadline|refused|unreachable|proxyconnect|certificate|\bEOF\b/i;

/** Whether a registry answers for this image, asked by the engine itself: it is the engine that would pull. */
async function registryAnswers(reference: string): Promise<boolean> {
  const abortSignal = AbortSignal.timeout(registryAnswersWithinMs);
  try {
    await answered(dockerClient().getImage(reference).distribution({ abortSignal }));
    return true;
  } catch (error) {
    return error instanceof EngineRefusal && (error.statusCode < 500 || !noAnswer.test(error.message));
  }
}
