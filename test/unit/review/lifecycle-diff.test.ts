import { describe, expect, test } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import { diffMarkdown } from "../../../lib/review/diff-markdown.ts";
import { diffPlans } from "../../../lib/review/lifecycle-diff.ts";
import { changedView, planView } from "../../support/plan-views.ts";

const title = { base: "main (1234567)", head: "the working tree" };
const probes = (service: string, ...path: string[]) => ["services", service, "readiness", "probes", ...path];
const base = {
  dev: planView({ validationLevel: "basic" }),
  prod: planView({ validationLevel: "production" }),
};

/** Both stacks with the same changes. */
function changed(...changes: readonly (readonly [readonly string[], Json | undefined])[]) {
  return { dev: changedView(base.dev, changes), prod: changedView(base.prod, changes) };
}

describe("a diff of two revisions", () => {
  test("lists once what is the same in several stacks and for several services", () => {
    const { changes } = diffPlans(
      base,
      changed(
        [["services", "auth", "sidecars"], ["inner"]],
        [["services", "backend", "sidecars"], ["inner"]],
      ),
    );
    expect(changes).toEqual([
      {
        section: "services",
        of: "service",
        what: "sidecars",
        before: undefined,
        after: ["inner"],
        names: ["auth", "backend"],
        stacks: ["dev", "prod"],
      },
    ]);
  });

  test("does not tell of a service what it has from its phase or from its stack", () => {
    const head = { dev: planView({ validationLevel: "comprehensive", startupTimeoutMultiplier: 2 }) };
    const { changes } = diffPlans({ dev: base.dev }, head);
    expect(changes.map(({ what, names }) => `${names.join(" ")} ${what}`)).toEqual([
      " startupTimeoutMultiplier",
      " validationLevel",
      "infrastructure applicationServices budget",
      "infrastructure businessServices applicationServices frontendServices edgeBudget",
      "businessServices frontendServices budget",
    ]);
  });

  test("tells of an interval once, and of a service's own where it is its own", () => {
    const head = (own?: string) => {
      const seldom = planView({ validationLevel: "basic", healthCheckInterval: "20s" });
      const path = ["services", "auth", "supervision", "interval"];
      return { dev: own === undefined ? seldom : changedView(seldom, [[path, own]]) };
    };
    const told = (one: ReturnType<typeof head>) =>
      diffPlans({ dev: base.dev }, one).changes.map(
        ({ section, what, names, before, after }) =>
          `${section}: ${names.join(" ")} ${what} ${JSON.stringify([before, after])}`,
      );
    expect(told(head())).toEqual(['budgets:  healthCheckInterval ["10s","20s"]']);
    expect(told(head("10s"))).toEqual(['budgets:  healthCheckInterval ["10s","20s"]']);
    expect(told(head("5s"))).toEqual([
      'budgets:  healthCheckInterval ["10s","20s"]',
      'budgets: auth supervision.interval ["10s","5s"]',
    ]);
  });

  test("lists how a service is watched beside its failure policy, and what a probe's failing means beside the probe", () => {
    const head = changed(
      [["services", "auth", "supervision", "intensity", "restarts"], 1],
      [probes("auth", "jwtValidationReady", "whenFailing"), "report"],
    );
    const { changes, otherQuestions } = diffPlans(base, head);
    expect(changes.map(({ section, what }) => `${section}: ${what}`)).toEqual([
      "probes: jwtValidationReady.whenFailing",
      "policies: supervision.intensity.restarts",
    ]);
    expect(otherQuestions).toEqual([]);
  });

  test("names the stacks that only one of them has", () => {
    expect(diffPlans({ dev: base.dev }, { prod: base.prod })).toEqual({
      stacks: [],
      addedStacks: ["prod"],
      removedStacks: ["dev"],
      changes: [],
      weakened: [],
      strengthened: [],
      otherQuestions: [],
    });
  });

  test("points at a probe that asks something else, which no rule can judge", () => {
    const head = changed(
      [probes("postgres", "migrationsComplete", "statement"), "SELECT 1"],
      [probes("postgres", "connectionPoolReady", "timeout"), "4s"],
    );
    expect(diffPlans(base, head).otherQuestions).toEqual([
      { probe: "migrationsComplete", names: ["postgres"], stacks: ["dev", "prod"] },
    ]);
  });
});

describe("a diff as Markdown", () => {
  test("nothing", () => {
    expect(diffMarkdown(diffPlans(base, base), title)).toBe(
      "## What changes in the lifecycle\n\n`main (1234567)` → `the working tree`, in the stacks `dev`, `prod`.\n\nNothing.",
    );
  });

  test("what is weaker first, then each part of the lifecycle that changes", () => {
    const head = changed(
      [["services", "redis", "image", "reference"], "redis:8"],
      [["phases", "infrastructure", "budget"], "200s"],
      [probes("redis", "performanceReady"), undefined],
      [probes("auth", "jwtValidationReady", "status"), [200, 204]],
      [probes("auth", "jwtValidationReady", "level"), "basic"],
      [probes("postgres", "migrationsComplete", "statement"), "SELECT 'a|b'"],
    );
    expect(diffMarkdown(diffPlans(base, head), title)).toBe(
      `## What changes in the lifecycle

\`main (1234567)\` → \`the working tree\`, in the stacks \`dev\`, \`prod\`.

### ⚠ Weakened

| what | before | after | why it is weaker | stacks |
| --- | --- | --- | --- | --- |
| phase \`infrastructure\` \`budget\` | \`180s\` | \`200s\` | a service may take longer to start before its gate fails | all |
| \`redis\` \`performanceReady\` | \`redis-latency\` | – | nothing verifies what it checked any more | \`prod\` |
| \`auth\` \`jwtValidationReady.status\` | \`[200]\` | \`[200,204]\` | a status passes that did not | \`prod\` |

**For a person to judge:** \`postgres.migrationsComplete\` asks something else now. No rule can say whether that proves less.

### Services

| what | before | after | stacks |
| --- | --- | --- | --- |
| \`redis\` \`image.reference\` | \`redis:7\` | \`redis:8\` | all |

### Probes

| what | before | after | stacks |
| --- | --- | --- | --- |
| \`postgres\` \`migrationsComplete.statement\` | \`SELECT version_num FROM alembic_version\` | \`SELECT 'a\\|b'\` | all |
| \`redis\` \`performanceReady\` | \`redis-latency, p95 {"under":"20ms","samples":100}, level comprehensive\` | – | all |
| \`auth\` \`jwtValidationReady.level\` | \`comprehensive\` | \`basic\` | all |
| \`auth\` \`jwtValidationReady.status\` | \`[200]\` | \`[200,204]\` | all |

### Budgets and intervals

| what | before | after | stacks |
| --- | --- | --- | --- |
| phase \`infrastructure\` \`budget\` | \`180s\` | \`200s\` | all |

### Strengthened

| what | before | after | stacks |
| --- | --- | --- | --- |
| \`auth\` \`jwtValidationReady.level\` | \`comprehensive\` | \`basic\` | \`dev\` |`,
    );
  });

  test("a service that comes is listed in a few words, with its probes", () => {
    const cache = (base.dev.json as { services: { redis: Json } }).services.redis;
    const text = diffMarkdown(
      diffPlans({ dev: base.dev }, { dev: changedView(base.dev, [[["services", "cache"], cache]]) }),
      title,
    );
    expect(text).toContain(
      "| `cache` | – | `redis:7 in phase infrastructure; probes: connectivity, memoryAllocation, performanceReady` | all |",
    );
  });

  test("nothing that a plan says is read as Markdown, ends a cell or a line, or calls somebody", () => {
    const nasty = "x` | @somebody\n| <b>``";
    const head = changed([["services", "auth", "env", "MODE"], nasty]);
    const row = diffMarkdown(diffPlans(base, head), title)
      .split("\n")
      .find((one) => one.includes("MODE"));
    expect(row).toBe('| `auth` `env.MODE` | – | ```"x` \\| @somebody\\n\\| <b>``"``` | all |');
  });
});
