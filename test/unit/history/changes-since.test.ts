import { expect, test } from "vitest";
import { changesSince } from "../../../lib/history/changes-since.ts";
import type { GoodStart } from "../../../lib/history/recorder.ts";
import { get, sql } from "../../../lib/model/probes.ts";
import { resolveProbe } from "../../../lib/model/resolve-probe.ts";
import { readinessSpec } from "../../support/desired.ts";

const setup = {
  image: "redis:7",
  imageId: "sha256:0123456789abcdef",
  command: "aaaa",
  env: { A: "0001", B: "0002" },
};
const good: GoodStart = { readyMs: 5, setup, spec: readinessSpec() };
const changes = (now: Partial<GoodStart>, before: Partial<GoodStart> = {}) =>
  changesSince({ ...good, ...before }, { ...good, ...now })?.changes;

test("nothing has changed where all is equal, whatever the order of keys", () => {
  const { budget, ...rest } = readinessSpec();
  expect(changes({ spec: { ...rest, budget } })).toEqual([]);
  expect(changes({ setup: { ...setup, env: { B: "0002", A: "0001" } } })).toEqual([]);
});

test("no start that became ready is known: undefined, and not an empty list", () => {
  expect(changesSince(undefined, good)).toBeUndefined();
});

test("image: another reference, or the same one for another image", () => {
  expect(changes({ setup: { ...setup, image: "redis:8", imageId: "sha256:2" } })).toEqual([
    "image: redis:7 → redis:8",
  ]);
  expect(changes({ setup: { ...setup, imageId: "sha256:fedcba9876543210" } })).toEqual([
    "image: redis:7 now names another image (0123456789ab → fedcba987654)",
  ]);
});

test("command and environment, by name alone", () => {
  expect(changes({ setup: { ...setup, command: "bbbb", env: { A: "0009", C: "0003" } } })).toEqual([
    "the command has changed",
    "environment: A has another value",
    "environment: B was removed",
    "environment: C was added",
  ]);
});

test("says so when the engine could not be asked, then or now", () => {
  const words = ["image, command and environment could not be compared: the engine did not tell them"];
  expect(changes({ setup: undefined })).toEqual(words);
  expect(changes({}, { setup: undefined })).toEqual(words);
});

test("the spec, value by value, and probe by probe", () => {
  const before = readinessSpec({
    probes: {
      gone: resolveProbe(get("/old")),
      rows: resolveProbe(sql("SELECT 1", { rows: { atLeast: 1 } })),
      answers: resolveProbe(get("/health", { status: [200] })),
    },
  });
  const after = readinessSpec({
    budget: "20s",
    level: "comprehensive",
    restarts: { maxRetries: 0, backoff: { initial: "1s", multiplier: 2, max: "30s" } },
    probes: {
      rows: resolveProbe(sql("SELECT 2", { rows: { atLeast: 3 } })),
      answers: resolveProbe(get("/health", { status: [200, 204] })),
      fresh: resolveProbe(get("/new")),
    },
  });
  expect(changes({ spec: after }, { spec: before })).toEqual([
    "level: basic → comprehensive",
    "budget: 60s → 20s",
    "restarts.maxRetries: 2 → 0",
    "probe gone was removed",
    "probe rows: statement: SELECT 1 → SELECT 2",
    "probe rows: rows.atLeast: 1 → 3",
    "probe answers: status: [200] → [200,204]",
    "probe fresh was added",
  ]);
});

test("a long value is cut", () => {
  const before = readinessSpec({ probes: { rows: resolveProbe(sql("SELECT 1")) } });
  const after = readinessSpec({ probes: { rows: resolveProbe(sql(`SELECT '${"x".repeat(200)}'`)) } });
  expect(changes({ spec: after }, { spec: before })).toEqual([
    `probe rows: statement: SELECT 1 → SELECT '${"x".repeat(69)}...`,
  ]);
});
