import { expect, test } from "vitest";
import { presence } from "../../../../lib/coordinator/containers/presence.ts";

const listed = (...names: string[]) =>
  names.map((workload) => ({ workload, name: workload, running: true, labels: {}, version: "" }));

test("the first list says what there is, and nothing new", () => {
  const there = presence();
  expect(there.listed(listed("web"), 1)).toEqual({ created: [], removed: [] });
  expect(there.happened("web", true, 2)).toBe(false);
});

test("a list that is older than an event does not undo it", () => {
  const there = presence();
  there.listed(listed("web"), 1);
  // Asked for as number 2, and answered after these.
  expect(there.happened("api", true, 3)).toBe(true);
  expect(there.happened("web", false, 4)).toBe(true);
  expect(there.listed(listed("web"), 2)).toEqual({ created: [], removed: [] });
  expect(there.listed(listed("api"), 5)).toEqual({ created: [], removed: [] });
});

test("a list makes up for events that were lost, and an event that comes late is no news", () => {
  const there = presence();
  there.listed(listed("web"), 1);
  const { created, removed } = there.listed(listed("api"), 2);
  expect(created.map(({ workload }) => workload)).toEqual(["api"]);
  expect(removed).toEqual(["web"]);
  expect(there.happened("api", true, 3)).toBe(false);
  expect(there.happened("web", false, 4)).toBe(false);
});
