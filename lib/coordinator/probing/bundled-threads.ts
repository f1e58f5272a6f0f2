import { access } from "node:fs/promises";
import { backgroundClock } from "../../core/clock.ts";
import { customModuleName, customThreadName } from "../../model/custom-module.ts";
import type { LoadModule } from "../../probe/custom-module.ts";
import { customThreads } from "./custom-threads.ts";
import type { ModuleLog } from "./module-report.ts";
import { logReport, noReport } from "./module-report.ts";

/** The threads of the modules that were bundled beside this file; it is in the same folder as they are then. */
export function bundledThreads(to: ModuleLog | undefined): LoadModule {
  return customThreads({
    clock: backgroundClock,
    program: new URL(`./${customThreadName}.mjs`, import.meta.url),
    locate: bundledModule,
    report: to === undefined ? noReport : logReport(to, backgroundClock),
  });
}

/** @throws Error when this coordinator was built without the module: the declaration names it since, and the next `pulumi up` builds another */
async function bundledModule(module: string): Promise<URL> {
  const file = new URL(`./${customModuleName(module)}.mjs`, import.meta.url);
  try {
    await access(file);
  } catch (error) {
    throw new Error(`the coordinator was built without ${module}: the next "up" of the stack builds it in`, {
      cause: error,
    });
  }
  return file;
}
