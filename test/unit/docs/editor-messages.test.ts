import { expect, test } from "vitest";
import { compile } from "../../support/compile.ts";

// What stands under a red line in the editor: a name or a sentence that says what is wrong, in a few lines, and not
// what the compiler has inferred on its way there.
const declaration = (change: {
  readonly data?: string;
  readonly application?: string;
  readonly needs?: string;
  readonly env?: string;
}) => `
const database = postgres({ image: "postgres:17", database: "app", password: secret("password"),
  validations: { works: { answers: sql("SELECT 1") } } });
const api = httpService({ image: "api:1", port: 80, env: { DATABASE: ${change.env ?? 'urlOf("database")'} },
  validations: { works: { answers: get("/") } } });
export const shop = defineStack({
  name: "shop", environments: ["development"], services: { api, database },
  phases: {
    data: { title: "Data", validation: "works", timeout: "60s", ${change.data ?? 'services: ["database"]'} },
    application: { title: "Application", validation: "works", timeout: "60s", dependsOn: ["data"],
      ${change.application ?? 'services: ["api"]'} },
  },
  needs: { api: ${change.needs ?? '["database"]'} },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
});
`;

const mistakes = [
  [
    "a service that does not exist",
    { data: 'services: ["database", "databse"]' },
    /UnknownService<"databse", "(api|database)" \| "(api|database)">/,
  ],
  [
    "a service in two phases",
    { application: 'services: ["api", "database"]' },
    /ServiceInTwoPhases<"database">/,
  ],
  ["a service in no phase", { application: "services: []" }, /ServiceInNoPhase<"api">/],
  [
    "a phase that does not exist",
    { application: 'services: ["api"], dependsOn: ["date"]' },
    /UnknownPhase<"date", "data">/,
  ],
  [
    "a validation that a service does not define",
    { data: 'services: ["database"], validation: "performs"' },
    /ValidationNotDefined<"performs", "database">/,
  ],
  ["a URL of a service that does not exist", { env: 'urlOf("databse")' }, /UrlOfUnknownService<"databse">/],
  [
    "a malformed duration",
    { data: 'services: ["database"], timeout: "60 seconds"' },
    /"60 seconds"' is not assignable to type '`\$\{number\}ms`/,
  ],
  [
    "a need of a service that does not exist",
    { needs: '["databse"]' },
    /"databse"' is not assignable to type '"database"'/,
  ],
  ["a policy that does not exist", { needs: '{ database: "reload" }' }, /"reload"' is not assignable/],
] as const;

const right = { name: "right", code: declaration({}) };
const snippets = mistakes.map(([name, change]) => ({ name, code: declaration(change) }));
const problems = compile([right, ...snippets]);

test("what is right compiles", () => {
  expect(problems.get(right)).toEqual([]);
});

test.for(mistakes.map(([name, , says], i) => ({ name, says, snippet: snippets[i] ?? right })))(
  "$name is said by name, in a few lines",
  ({ says, snippet }) => {
    const told = problems.get(snippet) ?? [];
    expect(told.join("\n")).toMatch(says);
    expect(Math.max(...told.map((problem) => problem.split("\n").length))).toBeLessThan(12);
  },
);
