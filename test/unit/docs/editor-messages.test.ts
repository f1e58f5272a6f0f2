import { expect, test } from "vitest";
import { compile } from "../../support/compile.ts";

// What stands under a red line in the editor: one message for one mistake, a name or a sentence that says what is wrong,
// in a few lines, and not what the compiler has inferred on its way there.
const declaration = (change: {
  readonly title?: string;
  readonly timeout?: string;
  readonly data?: string;
  readonly application?: string;
  readonly needs?: string;
  readonly env?: string;
  readonly api?: string;
  readonly probes?: string;
  readonly backoff?: string;
  readonly policy?: string;
  readonly stack?: string;
}) => `
const database = postgres({ image: "postgres:17", database: "app", password: secret("password"),
  validations: { works: { answers: sql("SELECT 1") } } });
export const shop = defineStack({
  name: "shop", environments: ["development"], services: { database,
    api: httpService({ image: "api:1", port: 80, env: { DATABASE: ${change.env ?? 'urlOf("database")'} },
      validations: { works: { ${change.probes ?? 'answers: get("/")'} } }, ${change.api ?? ""} }) },
  phases: {
    data: { title: ${change.title ?? '"Data"'}, timeout: ${change.timeout ?? '"60s"'},
      ${change.data ?? 'services: ["database"], validation: "works"'} },
    application: { title: "Application", validation: "works", timeout: "60s",
      ${change.application ?? 'services: ["api"], dependsOn: ["data"]'} },
  },
  needs: { ${change.needs ?? 'api: ["database"]'} },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s", ${change.backoff ?? ""} }, grace: "10s",
    ${change.policy ?? ""} },
  ${change.stack ?? ""}
});
`;

/** What the compiler says of a key that an object does not have, with the one that was meant. */
const unknown = (key: string, meant?: string) =>
  new RegExp(
    `'${key}' does not exist in type .*${meant === undefined ? "" : `Did you mean to write '${meant}'`}`,
  );

const mistakes: readonly (readonly [string, Parameters<typeof declaration>[0], RegExp])[] = [
  [
    "a service that does not exist",
    { data: 'services: ["database", "databse"], validation: "works"' },
    /UnknownService<"databse", "(api|database)" \| "(api|database)">/,
  ],
  [
    "a service in two phases",
    { application: 'services: ["api", "database"], dependsOn: ["data"]' },
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
    "a malformed duration of a phase",
    { timeout: '"60 seconds"' },
    /not assignable to type 'MustBe<"a duration such as \\"180s\\"">'/,
  ],
  ["a number for a duration", { timeout: "60" }, /not assignable to type 'MustBe<"a duration/],
  [
    "a malformed duration of a service",
    { api: 'timeout: "60 seconds"' },
    /"60 seconds"' is not assignable to type '`\$\{number\}ms`/,
  ],
  [
    "a malformed duration of a probe",
    { probes: 'answers: get("/", { timeout: "5" })' },
    /"5"' is not assignable to type '`\$\{number\}ms`/,
  ],
  ["a title that is no text", { title: "17" }, /not assignable to type 'MustBe<"a text">'/],
  [
    "phases that are no list",
    { application: 'services: ["api"], dependsOn: "data"' },
    /not assignable to type 'MustBe<"a list of phases">'/,
  ],
  [
    "a need of a service that does not exist",
    { needs: 'api: ["databse"]' },
    /"databse"' is not assignable to type '"database"'/,
  ],
  ["a policy that does not exist", { needs: 'api: { database: "reload" }' }, /"reload"' is not assignable/],
  [
    "a probe of another protocol",
    { probes: 'answers: get("/"), cached: ping()' },
    /required in type 'ProbeDoesNotFit<"ping", "http">'/,
  ],
  [
    "a probe of another protocol, as a part of a part",
    { probes: "answers: all([tcp(80), not(any([ping(), tcp(81)]))])" },
    /required in type 'ProbeDoesNotFit<"ping", "http">'/,
  ],
  ["an unknown level", { probes: 'answers: get("/", { level: "hard" })' }, /"hard"' is not assignable/],
  ["an unknown key of the stack", { stack: "replicas: 3" }, unknown("replicas")],
  ["a misspelt key of the stack", { stack: 'need: { api: ["database"] }' }, unknown("need", "needs")],
  [
    "a misspelt key of a phase",
    { application: 'services: ["api"], dependOn: ["data"]' },
    /UnknownKey<"dependOn", .*"dependsOn"/,
  ],
  ["a misspelt key of a service", { api: "publsh: 80" }, unknown("publsh", "publish")],
  ["a key of a service in another case", { api: "failfast: true" }, unknown("failfast", "failFast")],
  ["an unknown key of a service", { api: 'memory: "64mb"' }, unknown("memory")],
  [
    "a misspelt key of a health check",
    { api: 'healthcheck: { command: ["CMD"], retires: 3 }' },
    unknown("retires", "retries"),
  ],
  ["a misspelt key of the cadence", { api: 'cadence: { inital: "1s" }' }, unknown("inital", "initial")],
  [
    "a misspelt option of a probe",
    { probes: 'answers: get("/", { timeot: "5s" })' },
    unknown("timeot", "timeout"),
  ],
  [
    "a misspelt option of a composite",
    { probes: 'answers: all([get("/")], { levl: "basic" })' },
    unknown("levl", "level"),
  ],
  [
    "a misspelt key of a bound",
    { probes: 'answers: get("/", { p95: { under: "1s", sample: 5 } })' },
    unknown("sample", "samples"),
  ],
  ["a misspelt key of the failure handling", { policy: "failfast: true" }, unknown("failfast", "failFast")],
  ["an unknown key of the back-off", { backoff: 'longest: "3s"' }, unknown("longest")],
  [
    "a misspelt key of the supervision",
    { stack: "supervision: { failureTreshold: 2 }" },
    unknown("failureTreshold", "failureThreshold"),
  ],
  [
    "a misspelt key of a service's supervision",
    { api: 'supervision: { intensity: { restarts: 3, witin: "1m" } }' },
    unknown("witin", "within"),
  ],
  [
    "a malformed duration of the supervision",
    { stack: 'supervision: { interval: "often" }' },
    /"often"' is not assignable to type '`\$\{number\}ms`/,
  ],
  [
    "a consequence that does not exist",
    { probes: 'answers: get("/", { whenFailing: "ignore" })' },
    /"ignore"' is not assignable/,
  ],
  ["an unknown service in the needs", { needs: 'api: ["database"], ap: []' }, unknown("ap")],
  ["an unknown service in a need", { needs: 'api: { databse: "restart" }' }, unknown("databse")],
  ["a misspelt key of parity", { stack: "parity: { alow: [] }" }, unknown("alow", "allow")],
  [
    "a misspelt key of an allowance",
    { stack: 'parity: { allow: [{ path: "a", reason: "b", raeson: "c" }] }' },
    unknown("raeson", "reason"),
  ],
  [
    "an unknown option of a secret",
    { env: 'secret("x", { generat: true })' },
    unknown("generat", "generate"),
  ],
  ["an unknown part of a URL", { env: 'urlOf("database", { shceme: "x" })' }, unknown("shceme", "scheme")],
  ["a variable that is undefined", { env: "undefined" }, /'undefined' is not assignable/],
];

const right = { name: "right", code: declaration({}) };
const snippets = mistakes.map(([name, change]) => ({ name, code: declaration(change) }));
const problems = compile([right, ...snippets]);

test("what is right compiles", () => {
  expect(problems.get(right)).toEqual([]);
});

test.for(mistakes.map(([name, , says], i) => ({ name, says, snippet: snippets[i] ?? right })))(
  "$name is one short message",
  ({ says, snippet }) => {
    // Of two places that contradict each other, both are marked.
    const reported = new Set(
      (problems.get(snippet) ?? []).map((problem) => problem.replace(/^line \d+: /, "")),
    );
    const [message = ""] = reported;
    expect([...reported]).toEqual([message]);
    expect(message).toMatch(says);
    expect(message.split("\n").length).toBeLessThan(4);
    expect(message.length).toBeLessThan(700);
  },
);
