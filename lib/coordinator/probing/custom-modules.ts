import { customModuleName } from "../../model/custom-module.ts";

/**
 * Loads the module of a custom probe, which was bundled beside the coordinator under a name of its own.
 * @throws Error when this coordinator was built without it: the declaration names it since, and the next `pulumi up` builds another
 */
export async function loadCustomModule(module: string): Promise<unknown> {
  const file = new URL(`./${customModuleName(module)}.mjs`, import.meta.url);
  try {
    return await import(file.href);
  } catch (error) {
    const missing =
      error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && "url" in error;
    if (!missing || error.url !== file.href) throw error;
    throw new Error(`the coordinator was built without ${module}: the next "up" of the stack builds it in`, {
      cause: error,
    });
  }
}
