import type { ComposeProject } from "../read/load-project.ts";
import { dashed } from "./names.ts";
import type { Report } from "../read/note.ts";
import type { Selected } from "../read/select-services.ts";

/** The networks of a project's services. */
export interface Networks {
  /** Those of a service, by their names in the declaration; undefined where it need not say so. */
  of(service: Selected): readonly string[] | undefined;
  /** Whether two services reach each other. */
  shared(a: Selected, b: Selected): boolean;
}

/** Reads who is on which network. Where all are on the same ones, nothing is kept apart, and nothing needs to be said. */
export function networksOf(project: ComposeProject, services: readonly Selected[], note: Report): Networks {
  const own = ({ service: { networks } }: Selected): readonly string[] =>
    networks === undefined ? ["default"] : Object.keys(networks).map((name) => dashed(name).toLowerCase());
  const all = new Set(services.map((service) => own(service).toSorted().join(" ")));
  for (const [name, network] of Object.entries(project.networks)) {
    const said = Object.keys(network ?? {}).filter((key) => key !== "name" && !key.startsWith("x-"));
    if (said.length > 0)
      note("lost", `networks.${name}`, `${said.join(", ")}: the stack makes networks of its own`);
  }
  return {
    of: (service) => (all.size === 1 ? undefined : own(service)),
    shared: (a, b) => own(a).some((network) => own(b).includes(network)),
  };
}
