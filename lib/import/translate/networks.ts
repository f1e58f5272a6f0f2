import type { ComposeProject } from "../read/load-project.ts";
import { dashed } from "./names.ts";
import type { Report } from "../read/note.ts";
import type { Selected } from "../read/select-services.ts";

/** The networks of a project's services. */
export interface Networks {
  /** Those of a service, by their names in the declaration; undefined where it need not say so. */
  of(service: Selected): readonly string[] | undefined;
  /** The networks that others have made, by their names on the engine. */
  externalOf(service: Selected): readonly string[];
  /** Whether two services reach each other. */
  shared(a: Selected, b: Selected): boolean;
}

/** Reads who is on which network. Where all are on the same ones, nothing is kept apart, and nothing needs to be said. */
export function networksOf(project: ComposeProject, services: readonly Selected[], note: Report): Networks {
  const external = new Map(
    Object.entries(project.networks).flatMap(([name, network]) =>
      network?.external === undefined || network.external === false
        ? []
        : [[name, externalName(name, network)] as const],
    ),
  );
  // Who is on networks of others alone is on the stack's own one besides, where the coordinator reaches it.
  const own = ({ service: { networks } }: Selected): readonly string[] => {
    const names = Object.keys(networks ?? {}).filter((name) => !external.has(name));
    return names.length === 0 ? ["default"] : names.map((name) => dashed(name).toLowerCase());
  };
  const all = new Set(services.map((service) => own(service).toSorted().join(" ")));
  for (const [name, network] of Object.entries(project.networks)) {
    if (external.has(name)) {
      note(
        "changed",
        `networks.${name}`,
        "a container has its own name there, STACK's and the service's, and not the service's alone",
      );
      continue;
    }
    const said = Object.keys(network ?? {}).filter((key) => key !== "name" && !key.startsWith("x-"));
    if (said.length > 0)
      note("lost", `networks.${name}`, `${said.join(", ")}: the stack makes networks of its own`);
  }
  return {
    of: (service) => (all.size === 1 ? undefined : own(service)),
    externalOf: ({ service: { networks } }) =>
      Object.keys(networks ?? {}).flatMap((name) => external.get(name) ?? []),
    shared: (a, b) => own(a).some((network) => own(b).includes(network)),
  };
}

type ExternalNetwork = NonNullable<ComposeProject["networks"][string]>;

/** Compose once took the name inside of `external`. */
function externalName(name: string, { external, ...network }: ExternalNetwork): string {
  const inside = typeof external === "object" ? external.name : undefined;
  return inside ?? (typeof network.name === "string" ? network.name : name);
}
