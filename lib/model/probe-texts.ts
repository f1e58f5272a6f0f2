import type { Probe } from "./probe.ts";
import { partsOf } from "./probe.ts";
import type { Text } from "./text.ts";

/** The texts of a probe in which secrets may be named, those of its parts included. */
export function textsOf(probe: Probe): readonly Text[] {
  const own =
    probe.kind === "http" || probe.kind === "websocket"
      ? Object.values(probe.headers)
      : probe.kind === "custom"
        ? Object.values(probe.secrets)
        : [];
  return [...own, ...partsOf(probe).flatMap(textsOf)];
}

/** The modules of all custom probes among these and their parts, each once. */
export function customModulesOf(probes: readonly Probe[]): readonly string[] {
  const modules = probes.flatMap((probe) =>
    probe.kind === "custom" ? [probe.module] : customModulesOf(partsOf(probe)),
  );
  return [...new Set(modules)];
}
