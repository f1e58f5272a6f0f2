import { describe, expect, test } from "vitest";
import { all, any, not } from "../../../lib/model/composites.ts";
import { customModuleName, customModuleSchema } from "../../../lib/model/custom-module.ts";
import { isEnabled } from "../../../lib/model/level.ts";
import { patternOf, patternSchema, patternText } from "../../../lib/model/pattern.ts";
import { customModulesOf, textsOf } from "../../../lib/model/probe-texts.ts";
import { probeSchema } from "../../../lib/model/probe.ts";
import { custom, dnsName, exec, get, logLine, post, sql, tcp } from "../../../lib/model/probes.ts";
import { resolveProbe } from "../../../lib/model/resolve-probe.ts";

describe("the parts of a composite", () => {
  test("have its level, and its timeout where their own is not shorter", () => {
    const probe = all([tcp(1), tcp(2, { timeout: "1s" }), tcp(3, { timeout: "9s" })], {
      timeout: "3s",
      level: "basic",
    });
    expect(resolveProbe(probe)).toEqual({
      kind: "all",
      timeout: "3s",
      level: "basic",
      mutates: false,
      parts: [
        { kind: "tcp", port: 1, timeout: "3s", level: "basic", mutates: false },
        { kind: "tcp", port: 2, timeout: "1s", level: "basic", mutates: false },
        { kind: "tcp", port: 3, timeout: "3s", level: "basic", mutates: false },
      ],
    });
  });

  test("make it one that writes, however deep they stand", () => {
    const writes = any([tcp(1), not(all([post("/orders", { mutates: true })]))], { level: "basic" });
    const probe = resolveProbe(writes);
    expect(probe.mutates).toBe(true);
    expect(isEnabled("productionSimulation", probe)).toBe(true);
    expect(isEnabled("production", probe)).toBe(false);
    expect(resolveProbe(any([tcp(1)])).mutates).toBe(false);
    expect(resolveProbe(not(tcp(1), { mutates: true })).mutates).toBe(true);
  });

  test("are found with their secrets and their modules", () => {
    const token = { secret: "token" };
    const probe = resolveProbe(
      all([
        get("/", { headers: { authorization: ["Bearer ", token] } }),
        not(custom("probes/a.ts", { secrets: { key: { secret: "key" } } })),
        custom("probes/a.ts"),
        custom("probes/b.ts"),
      ]),
    );
    expect(textsOf(probe)).toEqual([["Bearer ", token], [{ secret: "key" }]]);
    expect(customModulesOf([probe])).toEqual(["probes/a.ts", "probes/b.ts"]);
  });
});

describe("a probe in a plan", () => {
  test.each([
    ["a composite of nothing", all([])],
    ["a part that is none", { kind: "not", part: { kind: "tcp", port: 0 } }],
    ["a flag that makes a test depend on the one before", logLine(/ready/g)],
    ["an expression that does not compile", logLine("(")],
    ["a command of nothing", { ...exec(["true"]), command: [] }],
    ["an exit code out of range", exec(["true"], { exitCode: 256 })],
    ["a name server by its name", dnsName("shop", { server: "ns.internal" })],
    ["an unknown kind", { kind: "udp" }],
  ])("is refused: %s", (_name, declared) => {
    const plain = resolveProbe(declared as Parameters<typeof resolveProbe>[0]);
    expect(probeSchema.safeParse(plain).success).toBe(false);
  });

  test("is plain JSON, patterns included", () => {
    const probe = resolveProbe(
      all([logLine(/ready (now|soon)/i), exec(["date"], { stdout: "^\\d" }), not(sql("SELECT 1"))]),
    );
    expect(probeSchema.parse(JSON.parse(JSON.stringify(probe)))).toEqual(probe);
  });
});

test("a pattern says of a text what the expression says", () => {
  expect(patternOf(/a\/b/im)).toEqual({ source: "a\\/b", flags: "im" });
  expect(patternText(patternOf(/a\/b/im))).toBe("/a\\/b/im");
  expect(patternSchema.safeParse({ source: "a", flags: "q" }).error?.issues[0]?.message).toMatch(/flags/i);
});

test("the path of a custom probe's module", () => {
  const problemOf = (path: string) => customModuleSchema.safeParse(path).error?.issues[0]?.message;
  expect(problemOf("stacks/probes/queue.ts")).toBeUndefined();
  expect(problemOf("./probes/queue.mjs")).toBeUndefined();
  expect(problemOf("probes/queue.py")).toBe('"probes/queue.py" must end with .ts, .mjs or .js');
  expect(problemOf("../queue.ts")).toBe('"../queue.ts" leads out of the project\'s folder');
  expect(problemOf("a/../../queue.ts")).toBe('"a/../../queue.ts" leads out of the project\'s folder');
  const absolute = "must be relative to the project's folder, with slashes";
  for (const path of ["/queue.ts", "C:/queue.ts", "probes\\queue.ts"])
    expect(problemOf(path)).toBe(`"${path}" ${absolute}`);
});

test("modules have names of their own in the image", () => {
  expect(customModuleName("stacks/probes/queue-depth.ts")).toBe("probe-stacks_2fprobes_2fqueue-depth_2ets");
  expect(customModuleName("./a.ts")).toBe(customModuleName("a.ts"));
  expect(customModuleName("a_b.ts")).not.toBe(customModuleName("a/b.ts"));
});
