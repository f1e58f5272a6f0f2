import { camelCase } from "../../core/camel-case.ts";
import type { Duration } from "../../core/duration.ts";
import { topologicalOrder } from "../../model/graph.ts";
import type { Edge } from "./edges.ts";
import { graphOf } from "./edges.ts";
import type { Kinded } from "./kinds.ts";
import { free } from "./names.ts";
import type { ImportedPhase, ImportedStack } from "./translation.ts";

/** A service as far as its phase asks. */
export interface PhaseMember {
  readonly name: string;
  readonly service: Kinded;
  readonly budgetMs: number;
}

/**
 * Puts services into phases, each as early as what it waits for allows: one phase after the last that it waits for with
 * a barrier, and no earlier than any other that it comes after.
 */
export function phasesOf(members: readonly PhaseMember[], edges: readonly Edge[]): ImportedPhase[] {
  const graph = graphOf(edges);
  const all = Object.fromEntries(members.map(({ name }) => [name, graph[name] ?? []]));
  const { order = [] } = topologicalOrder(all) as { order?: readonly string[] };
  const layerOf = new Map<string, number>();
  for (const name of order) {
    const before = edges
      .filter(({ from }) => from === name)
      .map(({ to, barrier }) => (layerOf.get(to) ?? 0) + (barrier ? 1 : 0));
    layerOf.set(name, Math.max(0, ...before));
  }
  const layers = Array.from({ length: Math.max(0, ...layerOf.values()) + 1 }, (_, layer) =>
    members.filter(({ name }) => layerOf.get(name) === layer),
  ).filter((layer) => layer.length > 0);

  const phases: ImportedPhase[] = [];
  const kinds = layers.map(phaseName);
  for (const [i, layer] of layers.entries()) {
    const kind = kinds[i] ?? "";
    const isOne = kinds.filter((other) => other === kind).length === 1;
    const { name: wanted, title } = isOne ? { name: kind, title: titleOf(kind) } : named(layer);
    const name = free(wanted, (candidate) => phases.some((phase) => phase.name === candidate));
    const before = phases.at(-1);
    phases.push({
      name,
      title,
      services: layer.map((member) => member.name),
      dependsOn: before ? [before.name] : [],
      timeout: rounded(Math.max(...layer.map(({ budgetMs }) => budgetMs))),
    });
  }
  return phases;
}

type Role = "data" | "job" | "edge" | "application";

/** What a phase is called: by what is in it. */
function phaseName(layer: readonly PhaseMember[]): string {
  const roles = new Set(layer.map(({ service }) => roleOf(service)));
  const only = (...allowed: readonly Role[]) => [...roles].every((role) => allowed.includes(role));
  if (only("data")) return "data";
  if (only("job")) return layer.some(({ service }) => migrates(service)) ? "migrations" : "jobs";
  if (only("edge")) return "edge";
  return roles.has("data") ? "infrastructure" : "application";
}

/** What a service is there for. */
export function roleOf({ kind, image }: Kinded): Role {
  if (kind === "job") return "job";
  if (kind !== "httpService" && kind !== "service") return "data";
  return image.role ?? "application";
}

function migrates({ name, service }: Kinded): boolean {
  const text = [name, service.command ?? [], service.image ?? ""].flat().join(" ");
  return /migrat|alembic|flyway|liquibase|prisma|schema/i.test(text);
}

function titleOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The name of a phase by what is in it, where several would be called after the same kind of services. */
function named(layer: readonly PhaseMember[]): { readonly name: string; readonly title: string } {
  const [first = "", second, ...others] = layer.map(({ name }) => name);
  if (second === undefined) return { name: camelCase(first), title: titleOf(first) };
  const rest = others.length === 0 ? second : `${others.length + 1} more`;
  return { name: camelCase(`${first} and ${rest}`), title: titleOf(`${first} and ${rest}`) };
}

/** Up to the next ten seconds: what is estimated should not look measured. */
function rounded(ms: number): Duration {
  return `${Math.ceil(ms / 10_000) * 10}s`;
}

/** The edges as the declaration has them: for each service those that it calls, in the order of the services. */
export function needsOf(members: readonly PhaseMember[], edges: readonly Edge[]): ImportedStack["needs"] {
  const order = new Map(members.map(({ name }, i) => [name, i]));
  const inOrder = edges
    .filter(({ calls }) => calls)
    .toSorted((a, b) => (order.get(a.to) ?? 0) - (order.get(b.to) ?? 0));
  return Object.fromEntries(
    members.flatMap(({ name }) => {
      const own = inOrder.filter(({ from }) => from === name);
      return own.length === 0
        ? []
        : [
            [
              name,
              Object.fromEntries(own.map(({ to, restart }) => [to, restart ? "restart" : "revalidate"])),
            ],
          ];
    }),
  );
}
