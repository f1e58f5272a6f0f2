import fc from "fast-check";
import { expect, test } from "vitest";
import * as language from "phasegate";
import { defineStack, get, httpService, parseProfile, resolvePlan, type StackDeclaration } from "phasegate";
import { PhasegateError } from "../../../lib/core/errors.ts";
import { planSchema } from "../../../lib/model/plan.ts";
import { netra } from "../../../stacks/netra.ts";
import { anyDeclaration } from "../../support/any-declaration.ts";

const profile = parseProfile("any", {
  declaration: "any",
  environment: "test",
  startupTimeoutMultiplier: 1,
  healthCheckInterval: "10s",
  validationLevel: "production",
  portBase: 16_000,
  images: {},
});

const shop = defineStack({
  name: "shop",
  environments: ["test"],
  services: {
    api: httpService({
      image: "api:1",
      port: 80,
      validations: { ready: { answers: get("/", { level: "basic" }) } },
    }),
  },
  phases: { all: { title: "All", services: ["api"], validation: "ready", timeout: "60s" } },
  failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "10s" },
});

/** All that a declaration is written with. */
const {
  PhasegateError: _error,
  parseProfile: _profile,
  resolvePlan: _plan,
  probe: _probe,
  passed: _passed,
  failed: _failed,
  external,
  ...others
} = language;
const externals = Object.fromEntries(
  Object.entries(external).map(([kind, make]) => [`external.${kind}`, make]),
);
const makers: Readonly<Record<string, unknown>> = { ...others, ...externals };
const serviceMakers = [
  ...Object.keys(externals),
  "postgres",
  "redis",
  "clickhouse",
  "httpService",
  "service",
  "job",
];

type Path = readonly (string | number)[];

/** All places of a value, its own among them. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...members.flatMap(([key, member]) => places(member, [...path, key]))];
}

/** A copy with something else at a place. */
function mutated(value: unknown, [key, ...rest]: Path, change: (was: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? Object.assign([], value)
    : Object.assign({}, value);
  copy[key] = mutated(copy[key], rest, change);
  return copy;
}

const oddKeys = ["constructor", "__proto__", "toString", "", " ", "dependOn", "then", "length", "0"];
// What people leave behind by mistake, and what no schema expects.
const oddValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    undefined,
    null,
    NaN,
    Infinity,
    -1,
    0,
    1e21,
    "",
    " ",
    "0s",
    "99999999999h",
    "redis: 7",
    "data",
    "../x",
    "/",
    [],
    {},
    [[]],
    () => "x",
    Symbol("x"),
    10n,
    new Date(0),
    new Map(),
    /x/g,
    Object.create({ inherited: true }),
    { urlOf: "constructor" },
    { secret: "" },
    ...oddKeys,
  ),
);

interface Mutation {
  readonly at: number;
  readonly how: "replace" | "add" | "remove" | "wrap";
  readonly key: string;
  readonly value: unknown;
}

const anyMutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("replace", "add", "remove", "wrap"),
  key: fc.oneof(fc.constantFrom(...oddKeys), fc.string()),
  value: oddValue,
});

function apply(declaration: unknown, { at, how, key, value }: Mutation): unknown {
  const all = places(declaration);
  const place = all[at % all.length] ?? [];
  return mutated(declaration, place, (was) => {
    if (how === "replace") return value;
    if (how === "wrap") return [was];
    if (typeof was !== "object" || was === null || Array.isArray(was))
      return how === "remove" ? undefined : value;
    const members = Object.entries(was);
    if (how === "remove") return Object.fromEntries(members.slice(1));
    // As JSON.parse would: a member of the name __proto__ is one.
    return Object.fromEntries([...members, [key, value]]);
  });
}

function expectPlanOrProblems(declaration: unknown): void {
  try {
    const plan = resolvePlan(declaration as StackDeclaration, profile, "any");
    expect(planSchema.safeParse(JSON.parse(JSON.stringify(plan))).data).toEqual(plan);
  } catch (error) {
    if (!(error instanceof PhasegateError)) throw error;
    expect(error.code).toBe("PHASEGATE_DECLARATION_INVALID");
    expect(error.message).toMatch(/has problems:\n {2}- \S/);
    expect(error.message).not.toMatch(/Invalid input|readiness\.|\[object|undefined/);
    const lines = error.message.split("\n").slice(1);
    expect(new Set(lines).size, error.message).toBe(lines.length);
  }
}

test(
  "whatever is done to a declaration, it gives a plan or problems with paths",
  { timeout: 120_000 },
  () => {
    const anyBase = fc.oneof(fc.constant<unknown>(netra), anyDeclaration);
    fc.assert(
      fc.property(anyBase, fc.array(anyMutation, { minLength: 1, maxLength: 3 }), (base, mutations) => {
        expectPlanOrProblems(mutations.reduce<unknown>(apply, base));
      }),
      { numRuns: 1500 },
    );
  },
);

test("so it is with what is no declaration at all", () => {
  fc.assert(fc.property(oddValue, (value) => expectPlanOrProblems(value)));
});

test("a declaration that leads in a circle, or has no end, is a problem", () => {
  const circle = { ...netra } as Record<string, unknown>;
  circle["parity"] = { allow: [circle] };
  expectPlanOrProblems(circle);
  let deep: unknown = "x";
  for (let i = 0; i < 10_000; i++) deep = { part: deep };
  expectPlanOrProblems({ ...netra, parity: deep });
});

test(
  "no function of the language throws, and what it makes of nonsense is a problem or a plan",
  { timeout: 60_000 },
  () => {
    const names = Object.keys(makers);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(oddValue, { maxLength: 3 }), (name, args) => {
        const made = (makers[name] as (...args: readonly unknown[]) => unknown)(...args);
        const { api, ...others } = shop.services;
        const isService = serviceMakers.includes(name);
        for (const place of [
          { ...api, validations: { ready: { made } } },
          { ...api, env: { X: made } },
          ...(isService ? [made] : []),
        ])
          expectPlanOrProblems({ ...shop, services: { ...others, api: place } });
      }),
      { numRuns: 2000 },
    );
  },
);

test("options that are none are a problem with their place, and so is an option that an argument says already", () => {
  const asking = (probe: unknown) => () =>
    resolvePlan(
      {
        ...shop,
        services: { api: { ...shop.services["api"], validations: { ready: { probe } } } },
      } as StackDeclaration,
      profile,
      "any",
    );
  const untyped = (name: "get" | "tcp" | "exec" | "logLine") =>
    makers[name] as (...args: readonly unknown[]) => unknown;
  const at = "services.api.validations.ready.probe";
  expect(asking(untyped("tcp")(80, 5))).toThrow(`${at}.options: must be an object of options`);
  expect(asking(untyped("get")("/", { path: "/x" }))).toThrow(`${at}.options: must be an object of options`);
  expect(asking(untyped("get")("/", null))).toThrow(`${at}.options: must be an object of options`);
  expect(asking(untyped("exec")("nginx -t"))).toThrow(
    `${at}.command: must be a list of texts, such as ["node", "main.js"], and is a text`,
  );
  expect(asking(untyped("logLine")())).toThrow(
    `${at}.pattern: is missing: it must be a regular expression such as /ready/i`,
  );
});
