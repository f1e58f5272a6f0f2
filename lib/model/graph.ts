/** A directed graph: for each node, the nodes that come before it. */
export type Graph = Readonly<Record<string, readonly string[]>>;

/** The nodes in an order in which each comes after its predecessors, or a cycle that makes one impossible. */
export type Ordering =
  | { readonly order: readonly string[]; readonly cycle?: never }
  | { readonly cycle: readonly string[]; readonly order?: never };

/** Names are other people's: one of them may be "constructor". */
function predecessors(graph: Graph, node: string): readonly string[] {
  return Object.hasOwn(graph, node) ? (graph[node] ?? []) : [];
}

/**
 * Orders a graph. Nodes that are free of each other keep the order in which they are written, so that
 * a plan reads like its declaration. Names that are no node are passed over: they are another check's matter.
 */
export function topologicalOrder(graph: Graph): Ordering {
  const order: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (node: string): readonly string[] | undefined => {
    if (done.has(node)) return undefined;
    const start = path.indexOf(node);
    if (start >= 0) return [...path.slice(start), node];
    path.push(node);
    for (const before of predecessors(graph, node)) {
      const cycle = Object.hasOwn(graph, before) ? visit(before) : undefined;
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(node);
    order.push(node);
    return undefined;
  };

  for (const node of Object.keys(graph)) {
    const cycle = visit(node);
    if (cycle !== undefined) return { cycle };
  }
  return { order };
}

/** All nodes that come before a node, at any distance. The graph must have no cycle. */
export function ancestors(graph: Graph, node: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...predecessors(graph, node)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    pending.push(...predecessors(graph, next));
  }
  return found;
}

/**
 * The graph without the edges that follow from others: where c comes after b and b after a, c's own edge to a says
 * nothing. The graph must have no cycle.
 */
export function withoutShortcuts(graph: Graph): Graph {
  const entries = Object.entries(graph).map(([node, before]) => {
    const implied = new Set(before.flatMap((one) => [...ancestors(graph, one)]));
    return [node, before.filter((one) => !implied.has(one))] as const;
  });
  return Object.fromEntries(entries);
}
