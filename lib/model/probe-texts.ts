import type { Probe } from "./probe.ts";
import { factsOf, isComposite, partsOf } from "./probe.ts";
import type { Text } from "./text.ts";

/** The texts of a probe in which secrets may be named, those of its parts included. */
export function textsOf(probe: Probe): readonly Text[] {
  if (isComposite(probe)) return partsOf(probe).flatMap(textsOf);
  return factsOf(probe).texts?.(probe) ?? [];
}

/** The modules of all custom probes among these and their parts, each once. */
export function customModulesOf(probes: readonly Probe[]): readonly string[] {
  const modules = probes.flatMap((probe) =>
    probe.kind === "custom" ? [probe.module] : customModulesOf(partsOf(probe)),
  );
  return [...new Set(modules)];
}
