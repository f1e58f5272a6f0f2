import { mapValues } from "../../core/record.ts";
import { topologicalOrder } from "../../model/graph.ts";
import type { ComposeProject } from "./load-project.ts";
import type { Reading } from "./reading.ts";
import { problemAt } from "./reading.ts";
import { refusal } from "./refusal.ts";
import type { ComposeService } from "./service-schema.ts";

/** What one service waits for of another. */
export interface Dependency {
  readonly on: string;
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
  /** Whether compose would restart the dependent with it. */
  readonly restart: boolean;
}

/** A service of the project that is imported. */
export interface Selected {
  readonly name: string;
  readonly service: ComposeService;
  readonly dependencies: readonly Dependency[];
}

/** What is done for each with each of the others must end. */
const maxServices = 500;

/**
 * The services that are started with these profiles, each with what it depends on.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when there is none, or one depends on what is not there
 */
export function selectServices(
  reading: Reading,
  project: ComposeProject,
  profiles: readonly string[],
): readonly Selected[] {
  const { note, problems } = reading;
  const active = Object.entries(project.services).filter(([name, { profiles: own = [] }]) => {
    if (own.length === 0 || profiles.includes("*") || own.some((profile) => profiles.includes(profile)))
      return true;
    note(
      "lost",
      `services.${name}`,
      own.every((profile) => profile === "")
        ? "is of a profile without a name, which is asked for where no other is: take out its profiles"
        : `is of the profile ${own.join(", ")}: import it with --profile ${own.find((one) => one !== "") ?? ""}`,
    );
    return false;
  });
  const known = new Set(active.map(([name]) => name));
  const selected = active.map(([name, service]) => {
    if (service.image === undefined && service.build === undefined)
      problemAt(reading, ["services", name], "has neither an image nor a build");
    return { name, service, dependencies: dependenciesOf(name, service) };
  });

  function dependenciesOf(name: string, { depends_on = {}, links = [] }: ComposeService): Dependency[] {
    const linked = links.map((link) => [link.split(":")[0] ?? "", { condition: "service_started" }] as const);
    const all = { ...Object.fromEntries(linked), ...depends_on } as NonNullable<ComposeService["depends_on"]>;
    return Object.entries(all).flatMap(([on, dependency]) => {
      const {
        condition,
        restart = false,
        required = true,
      } = { ...dependency } as {
        condition: Dependency["condition"];
        restart?: boolean;
        required?: boolean;
      };
      if (known.has(on)) return [{ on, condition, restart }];
      const path = ["services", name, "depends_on", on];
      const other = Object.hasOwn(project.services, on) ? project.services[on] : undefined;
      if (!required)
        note("changed", path.join("."), "is not imported, and not required: there is no such edge");
      else if (other === undefined) problemAt(reading, path, "there is no such service");
      else
        problemAt(
          reading,
          path,
          `is of the profile ${(other.profiles ?? []).join(", ")}: import it too, with --profile ${other.profiles?.[0] ?? ""}`,
        );
      return [];
    });
  }

  if (active.length > maxServices)
    problemAt(reading, ["services"], `are ${active.length}, and an import takes ${maxServices} at most`);
  if (active.length === 0) problemAt(reading, ["services"], "there is no service to import");
  const { cycle } = topologicalOrder(
    mapValues(Object.fromEntries(selected.map((one) => [one.name, one.dependencies])), (edges) =>
      edges.map(({ on }) => on),
    ),
  );
  if (cycle) problemAt(reading, ["services"], `depend on each other in a circle: ${cycle.join(" -> ")}`);
  if (problems.length > 0) throw refusal("the compose project cannot be imported", problems);
  return selected;
}
