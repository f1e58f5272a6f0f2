import type { Environment } from "../../model/environment.ts";
import { environments } from "../../model/environment.ts";
import type { Report } from "../read/note.ts";
import type { Selected } from "../read/select-services.ts";
import type { Edge } from "./edges.ts";

/** The environments that profiles of these names are for. */
const ofProfiles: Readonly<Record<string, readonly Environment[]>> = {
  dev: ["development"],
  develop: ["development"],
  development: ["development"],
  local: ["development"],
  debug: ["development"],
  test: ["test"],
  tests: ["test"],
  testing: ["test"],
  ci: ["test"],
  staging: ["staging"],
  prod: ["production"],
  production: ["production"],
};

/**
 * The environments that a service of profiles is in, by their names; nothing of one that is in all. What is needed where
 * it would be left out stays in all of them, too.
 * @param edges who needs whom
 */
export function environmentsOf(
  services: readonly { readonly name: string; readonly selected: Selected }[],
  edges: readonly Edge[],
  note: Report,
): ReadonlyMap<string, readonly Environment[]> {
  const asked = new Map(
    services.flatMap(({ name, selected }) => {
      const own = (selected.service.profiles ?? []).map((profile) => ofProfiles[profile.toLowerCase()]);
      const all = own.flatMap((one) => one ?? []);
      return own.length === 0 || own.includes(undefined)
        ? []
        : [[name, environments.filter((one) => all.includes(one))] as const];
    }),
  );
  // Whoever loses its own makes what it needs a candidate no more.
  for (let before = -1; before !== asked.size;) {
    before = asked.size;
    for (const { from, to } of edges) {
      const there = asked.get(from) ?? environments;
      const needed = asked.get(to);
      if (needed !== undefined && !there.every((one) => needed.includes(one))) asked.delete(to);
    }
  }
  for (const { name, selected } of services) {
    const own = asked.get(name);
    if (own !== undefined)
      note(
        "changed",
        `services.${selected.name}.profiles`,
        `only ${own.join(" and ")} ${own.length === 1 ? "has" : "have"} it, by the name of its profile`,
      );
  }
  return asked;
}
