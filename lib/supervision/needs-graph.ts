/** The graph of services and what they need: what is reached over its edges, and which of its parts are connected. */
import type { Records } from "./service-record.ts";

/** What a service needs, at any distance. */
export function needsOf(records: Records, service: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [service];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop())
    for (const needed of Object.keys(records.get(one)?.desired.needs ?? {})) {
      if (reached.has(needed)) continue;
      reached.add(needed);
      waiting.push(needed);
    }
  return reached;
}

/** The services that need one of these, at any distance; not these themselves. */
export function dependentsOf(records: Records, services: readonly string[]): ReadonlySet<string> {
  return new Set(
    [...records.keys()].filter(
      (name) => !services.includes(name) && services.some((service) => needsOf(records, name).has(service)),
    ),
  );
}

/** The connected parts of the graph: of each service the number of its part. */
type Parts = ReadonlyMap<string, number>;

/** The parts that were found last of some records, and what each needed then. */
const known = new WeakMap<Records, { readonly needs: readonly object[]; readonly numbers: Parts }>();

/** The connected parts of the graph. They are asked for with each change of a service, and are others only after an `up`. */
export function connectedParts(records: Records): Parts {
  const before = known.get(records);
  if (before !== undefined && isOfNeeds(before.needs, records)) return before.numbers;
  const numbers = partsOf(records);
  known.set(records, { needs: [...records.values()].map(({ desired }) => desired.needs), numbers });
  return numbers;
}

function isOfNeeds(needs: readonly object[], records: Records): boolean {
  if (needs.length !== records.size) return false;
  let i = 0;
  for (const { desired } of records.values()) if (needs[i++] !== desired.needs) return false;
  return true;
}

function partsOf(records: Records): Parts {
  const numbers = new Map<string, number>();
  const neighbours = new Map<string, Set<string>>();
  const join = (a: string, b: string) => {
    const known = neighbours.get(a);
    if (known) known.add(b);
    else neighbours.set(a, new Set([b]));
  };
  for (const [service, { desired }] of records)
    for (const needed of Object.keys(desired.needs)) {
      join(service, needed);
      join(needed, service);
    }
  let next = 0;
  for (const service of records.keys()) {
    if (numbers.has(service)) continue;
    const number = next++;
    const waiting = [service];
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (numbers.has(one) || !records.has(one)) continue;
      numbers.set(one, number);
      waiting.push(...(neighbours.get(one) ?? []));
    }
  }
  return numbers;
}
