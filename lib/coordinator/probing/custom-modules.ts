import type { LoadModule } from "../../probe/custom-module.ts";
import type { ModuleLog } from "./module-report.ts";

/**
 * Loads the modules of custom probes, which were bundled beside the coordinator, each into a thread of its own. Nothing
 * of what this takes is loaded before the first module is: most stacks have none.
 * @param to where it is logged what modules print and why their threads end. Default: nowhere
 */
export function customModules(to?: ModuleLog): LoadModule {
  let loading: Promise<LoadModule> | undefined;
  return async (module, signal) => {
    loading ??= import("./bundled-threads.ts").then(({ bundledThreads }) => bundledThreads(to));
    return (await loading)(module, signal);
  };
}
