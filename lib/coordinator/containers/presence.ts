import type { ListedWorkload } from "../../supervision/platform.ts";

/** Which workloads there are, by events and by lists, of which one may be older than an event that came before its answer. */
export interface Presence {
  /** A workload has been created or removed, as number `n` of all that is heard and asked. Whether that is new. */
  happened(workload: string, there: boolean, n: number): boolean;
  /** What a list, asked for as number `n`, shows that no event has said. The first list says nothing new. */
  listed(
    list: readonly ListedWorkload[],
    n: number,
  ): { readonly created: readonly ListedWorkload[]; readonly removed: readonly string[] };
}

export function presence(): Presence {
  const known = new Map<string, { readonly there: boolean; readonly n: number }>();
  let first = true;
  const isOld = (workload: string, n: number) => (known.get(workload)?.n ?? 0) < n;
  const isThere = (workload: string) => known.get(workload)?.there === true;
  return {
    happened: (workload, there, n) => {
      const isNew = known.get(workload)?.there !== there;
      known.set(workload, { there, n });
      return isNew;
    },
    listed: (list, n) => {
      const shown = new Set(list.map(({ workload }) => workload));
      const created = list.filter(({ workload }) => isOld(workload, n) && !isThere(workload));
      const removed = [...known.keys()].filter(
        (workload) => isOld(workload, n) && isThere(workload) && !shown.has(workload),
      );
      for (const { workload } of created) known.set(workload, { there: true, n });
      for (const workload of removed) known.set(workload, { there: false, n });
      // What is gone is remembered until the next list: its event may come late. An id is used once.
      for (const [workload, { there }] of known) if (!there && isOld(workload, n)) known.delete(workload);
      if (!first) return { created, removed };
      first = false;
      return { created: [], removed: [] };
    },
  };
}
