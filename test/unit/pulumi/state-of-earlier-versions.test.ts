import { expect, test } from "vitest";
import { diff as diffEdges, type PhaseEdgesInputs } from "../../../lib/pulumi/providers/phase-edges.ts";
import { changeOf, nextGeneration } from "../../../lib/pulumi/providers/readiness-change.ts";
import type { ServiceReadinessOutputs } from "../../../lib/pulumi/providers/readiness-inputs.ts";
import { withCurrentNames } from "../../../lib/pulumi/providers/state-of-earlier-versions.ts";
import { readinessSpec } from "../../support/desired.ts";

const container = "5f1c3a9e77d04b6a";

/** As an earlier version wrote it. */
const earlier = {
  row: "urn:pulumi:dev::shop::type::web",
  coordinator: "c0",
  service: "web",
  phase: "front",
  container,
  rank: 3,
  dependencies: { run: { onChange: "restart", run: "aaaaaaaaaaaa run 2", samePhase: false } },
  secrets: {},
  ...readinessSpec(),
  run: "5f1c3a9e77d0 run 1",
  verification: 1,
  // As that version computed it.
  registration: "84f727ee58ebfefe",
};

test("properties have their current names, and the values that they had", () => {
  const { rank: _, registration: __, run: ___, ...same } = earlier;
  expect(withCurrentNames(earlier)).toEqual({
    ...same,
    startIndex: 3,
    specHash: earlier.registration,
    generation: "5f1c3a9e77d0 run 1",
    // A service may have a name that was a property's.
    dependencies: { run: { onChange: "restart", generation: "aaaaaaaaaaaa run 2", samePhase: false } },
  });
  const current = withCurrentNames(earlier);
  expect(withCurrentNames(current)).toEqual(current);
});

test("a service goes on in its generation, and is proven again: the coordinator of that version was another", () => {
  const olds = withCurrentNames(earlier as object) as ServiceReadinessOutputs;
  const change = changeOf(olds, olds);
  expect(change).toEqual({ replaced: false, restartFor: [], revalidateFor: [] });
  expect(nextGeneration(olds, olds, change, [])).toEqual({
    generation: "5f1c3a9e77d0 run 1",
    verification: 1,
  });
  const another = { kind: "forgotten", text: "the coordinator is of an earlier version" } as const;
  expect(nextGeneration(olds, olds, change, [another])).toEqual({
    generation: "5f1c3a9e77d0 run 1",
    verification: 2,
  });
});

test("after a restart it is of the generation after the one that was named otherwise", () => {
  const olds = withCurrentNames(earlier as object) as ServiceReadinessOutputs;
  const restarted = {
    replaced: false,
    restartFor: ["run"],
    revalidateFor: [],
    runsAgain: undefined,
  } as const;
  expect(nextGeneration(olds, olds, restarted, []).generation).toBe("5f1c3a9e77d0 generation 2");
});

test("edges are not verified again because of the names", async () => {
  const same = { row: "", coordinator: "c0", phase: "front", budget: "30s", edges: [], secrets: {} } as const;
  const news: PhaseEdgesInputs = { ...same, generations: { db: "aaaaaaaaaaaa run 2" } };
  const olds = { ...same, runs: news.generations } as unknown as PhaseEdgesInputs;
  expect(await diffEdges("front", olds, news)).toEqual({ changes: false });
  expect(
    await diffEdges("front", olds, { ...news, generations: { db: "bbbbbbbbbbbb generation 1" } }),
  ).toEqual({
    changes: true,
  });
});
