/** That one service comes after another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Whether `to` must be ready before `from` starts: then they are in different phases. */
  readonly barrier: boolean;
  /** Whether `from` is restarted with `to`. */
  readonly restart: boolean;
  /** Whether they reach each other: only then does one call the other. */
  readonly calls: boolean;
}

/** What has become of edges that were found in addresses. */
export interface FoundEdges<E extends Edge> {
  /** All that hold: what depends_on says, and what was added to it. */
  readonly edges: readonly Edge[];
  readonly added: readonly E[];
  /** Those that would have closed a circle: two services that call each other cannot wait for each other. */
  readonly dropped: readonly E[];
}

/**
 * Adds the edges that were found in addresses to those that depends_on says, each once, as far as they close no circle.
 * @param sure what depends_on says; it has no circle
 */
export function withoutCircles<E extends Edge>(sure: readonly Edge[], found: readonly E[]): FoundEdges<E> {
  // For each service all that come before it, at any distance: kept, and not looked for again with each edge.
  const before = new Map<string, Set<string>>();
  const beforeOf = (name: string): ReadonlySet<string> => before.get(name) ?? new Set();
  const add = ({ from, to }: Edge): void => {
    if (beforeOf(from).has(to)) return;
    const earlier = [to, ...beforeOf(to)];
    const later = [from, ...[...before].flatMap(([name, those]) => (those.has(from) ? [name] : []))];
    for (const name of later) before.set(name, new Set([...beforeOf(name), ...earlier]));
  };
  const seen = new Set(sure.map(keyOf));
  sure.forEach(add);
  const added: E[] = [];
  const dropped: E[] = [];
  for (const edge of found) {
    if (seen.has(keyOf(edge))) continue;
    seen.add(keyOf(edge));
    const closes = edge.to === edge.from || beforeOf(edge.to).has(edge.from);
    (closes ? dropped : added).push(edge);
    if (!closes) add(edge);
  }
  return { edges: [...sure, ...added], added, dropped };
}

function keyOf({ from, to }: Edge): string {
  return JSON.stringify([from, to]);
}

/** For each service those that it comes after. */
export function graphOf(edges: readonly Edge[]): Record<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  return Object.fromEntries(targets);
}
