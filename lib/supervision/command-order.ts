import type { Records } from "./service-record.ts";

/**
 * Of each of these services those of them whose step must be over before its own begins: what it needs and what is of an earlier
 * phase, at any distance. In the other direction, as stops go, those that have it before them.
 */
export function stepsBefore(
  records: Records,
  services: readonly string[],
  direction: "start" | "stop",
): ReadonlyMap<string, readonly string[]> {
  const before = serviceOrder(records);
  const isBefore = (a: string, b: string) => before(b).has(a);
  return new Map(
    services.map((service) => [
      service,
      services.filter(
        (other) =>
          other !== service && (direction === "start" ? isBefore(other, service) : isBefore(service, other)),
      ),
    ]),
  );
}

/** What a service has before it in the order of the start, at any distance: what it needs, and the phases before. */
export function serviceOrder(records: Records): (service: string) => ReadonlySet<string> {
  const ofPhase = Map.groupBy([...records.values()], ({ desired }) => desired.phase);
  const known = new Map<string, Set<string>>();
  const before = (service: string): Set<string> => {
    const reached = known.get(service) ?? new Set<string>();
    if (known.has(service)) return reached;
    // Needs and phases never lead in a circle; if they did, this would end.
    known.set(service, reached);
    const { needs = {}, after = [] } = records.get(service)?.desired ?? {};
    const direct = [
      ...Object.keys(needs),
      ...after.flatMap((phase) => (ofPhase.get(phase) ?? []).map(({ desired }) => desired.service)),
    ];
    for (const one of direct) for (const name of [one, ...before(one)]) reached.add(name);
    return reached;
  };
  return before;
}

/** Of each instance the one before it: they are restarted one after the other, so that the others serve meanwhile. */
export function instancesBefore(
  records: Records,
  services: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    services.flatMap((service, i) => {
      const of = records.get(service)?.desired.replicaOf;
      const last = services.slice(0, i).findLast((other) => records.get(other)?.desired.replicaOf === of);
      return of === undefined || last === undefined ? [] : [[service, [last]] as const];
    }),
  );
}

/** The services that somebody names: a declared service stands for all its instances. */
export function instancesNamed(records: Records, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const instances = [...records.values()].flatMap(({ desired }) =>
      desired.replicaOf === name ? [desired.service] : [],
    );
    return records.has(name) || instances.length === 0 ? [name] : instances;
  });
}
