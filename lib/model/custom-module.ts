import { z } from "zod";

/** A file of the project that holds a probe: relative to the project's folder, and inside it. */
export type CustomModule = `${string}.${"ts" | "mjs" | "js"}`;

const endings = /\.(ts|mjs|js)$/;

/** Accepts the path of a custom probe's module. Whether the file is there shows when the coordinator's image is built. */
export const customModuleSchema = z
  .string()
  .min(1)
  .superRefine((path, context) => {
    const report = (message: string) => context.addIssue({ code: "custom", message });
    if (path.startsWith("/") || path.includes("\\") || /^[A-Za-z]:/.test(path))
      report(`"${path}" must be relative to the project's folder, with slashes`);
    if (path.split("/").includes("..")) report(`"${path}" leads out of the project's folder`);
    if (!endings.test(path)) report(`"${path}" must end with .ts, .mjs or .js`);
  });

/**
 * The name that a custom probe's module has in the coordinator's image, without its ending. Two modules have
 * two names: what is no letter, digit or dash is written as its code.
 * @example customModuleName("stacks/probes/queue.ts") // "probe-stacks_2fprobes_2fqueue_2ets"
 */
export function customModuleName(module: string): string {
  const name = module
    .replace(/^\.\//, "")
    .replace(/[^A-Za-z0-9-]/g, (character) => `_${character.codePointAt(0)?.toString(16)}`);
  return `probe-${name}`;
}

/** The name in the coordinator's image, without its ending, of the program that runs in the threads of custom probes. No module's name is the same. */
export const customThreadName = "custom-thread";
