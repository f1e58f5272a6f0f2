import type { ComposeProject } from "./load-project.ts";
import type { Reading } from "./reading.ts";
import { problemAt } from "./reading.ts";
import type { Selected } from "./select-services.ts";

/** Adds what compose refuses in a project whose files are each well-formed. */
export function checkProject(
  reading: Reading,
  { volumes, networks, secrets, configs }: ComposeProject,
  services: readonly Selected[],
): void {
  for (const { name, service } of services) {
    const named = {
      volumes: (service.volumes ?? []).flatMap(({ type, source }) =>
        type === "volume" && source !== undefined ? [source] : [],
      ),
      networks: Object.keys(service.networks ?? {}).filter((network) => network !== "default"),
      secrets: (service.secrets ?? []).map(({ source }) => source),
      configs: (service.configs ?? []).map(({ source }) => source),
    };
    const declared = { volumes, networks, secrets, configs };
    for (const kind of ["volumes", "networks", "secrets", "configs"] as const)
      for (const one of new Set(named[kind]))
        if (!Object.hasOwn(declared[kind], one) && one !== "__proto__")
          problemAt(
            reading,
            ["services", name, kind],
            `${one} is not declared: the file has no such entry under ${kind}`,
          );
    if (service.network_mode !== undefined && service.networks !== undefined)
      problemAt(
        reading,
        ["services", name, "network_mode"],
        "excludes networks: a service has one of the two",
      );
  }
}
