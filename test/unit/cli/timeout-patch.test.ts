import { describe, expect, test } from "vitest";
import { declarationSources, declaredTimeouts } from "../../../lib/cli/declared-timeouts.ts";
import { timeoutPatch } from "../../../lib/cli/timeout-patch.ts";
import type { Calibration } from "../../../lib/history/calibrate.ts";

const propose = (phase: string, proposed: "30s" | "45s", timeout: "60s" | "30s" = "60s"): Calibration => ({
  phase,
  timeout,
  proposed,
  why: "because",
});

async function patched(text: string, ...calibrations: Calibration[]) {
  const sources = [{ file: "stacks/shop.ts", text }];
  const phases = calibrations.map(({ phase }) => phase);
  const { files, calibrations: placed } = timeoutPatch(
    sources,
    await declaredTimeouts(sources, "shop", phases),
    calibrations,
  );
  return { text: files[0]?.text, diff: files[0]?.diff, refused: placed.map(({ refused }) => refused) };
}

test("the patch of this project's own declaration changes the timeouts of its phases, and nothing else", async () => {
  const sources = await declarationSources(process.cwd());
  const calibrations = [propose("infrastructure", "45s"), propose("frontendServices", "30s")];
  const places = await declaredTimeouts(sources, "netra", [
    "infrastructure",
    "businessServices",
    "frontendServices",
  ]);
  const { files } = timeoutPatch(sources, places, calibrations);
  expect(files.map(({ file }) => file)).toEqual(["stacks/netra.ts"]);
  const changed = files[0]?.diff.split("\n").filter((line) => /^[-+]/.test(line));
  expect(changed).toEqual([
    "--- a/stacks/netra.ts",
    "+++ b/stacks/netra.ts",
    '-      timeout: "180s",',
    '+      timeout: "45s",',
    '-      timeout: "120s",',
    '+      timeout: "30s",',
  ]);
  // The timeouts of other phases are as long: what is around the changed lines says whose they are.
  expect(files[0]?.diff).toMatch(
    /Infrastructure Readiness[^@]*180s[^@]*@@[^@]*@@[^@]*endToEndValidated[^@]*120s/,
  );
});

describe("a timeout is found", () => {
  test.each([
    [
      "beside others that look like it, in strings, comments and services",
      `import { defineStack } from "phasegate";
       // phases: { data: { timeout: "1s" } }
       const other = { phases: { data: { timeout: "2s" } } };
       defineStack({ name: "else", phases: { data: { timeout: "3s" } } });
       defineStack({ name: "shop", services: { data: { timeout: "4s" } }, note: 'timeout: "5s"',
         phases: { web: { timeout: "6s" }, data: { title: "x", timeout: HERE } } });`,
    ],
    [
      "through constants, types and an alias",
      `import { defineStack as define, type Phase } from "phasegate";
       const timeout = (HERE as const);
       const data = { timeout } satisfies Partial<Phase>;
       const phases = { data };
       export const shop = (define({ name: "shop", phases }));`,
    ],
    [
      "behind a spread, under a quoted name",
      `import { defineStack } from "phasegate";
       defineStack({ name: "shop", phases: { ...more, "data": { ...usual, 'timeout': HERE } } });`,
    ],
  ])("%s", async (_, template) => {
    const at = (value: string) => template.replace("HERE", value);
    for (const quote of ['"', "'"])
      expect((await patched(at(`${quote}60s${quote}`), propose("data", "30s"))).text).toBe(
        at(`${quote}30s${quote}`),
      );
  });
});

describe("a timeout is left alone", () => {
  const stack = (phases: string, before = "") =>
    `import { defineStack } from "phasegate";\n${before}\ndefineStack({ name: "shop", phases: ${phases} });\n`;

  test.each([
    [
      "that is computed",
      stack("{ data: { timeout: `${n}s` } }"),
      "its timeout is not written as a text in stacks/shop.ts",
    ],
    [
      "that comes from a function",
      stack("{ data: phase() }"),
      "its timeout is not written as a text in stacks/shop.ts",
    ],
    [
      "that a spread may replace",
      stack('{ data: { timeout: "60s", ...rest } }'),
      "its timeout is not written as a text in stacks/shop.ts",
    ],
    [
      "that can change",
      stack("{ data: { timeout } }", 'let timeout = "60s";'),
      "its timeout is not written as a text in stacks/shop.ts",
    ],
    [
      "that refers to itself",
      stack("{ data: { timeout: a } }", "const a = b, b = a;"),
      "its timeout is not written as a text in stacks/shop.ts",
    ],
    [
      "of a stack that is nowhere",
      'defineStack({ name: "shop", phases: { data: { timeout: "60s" } } });',
      'no file in stacks calls defineStack({ name: "shop", ... })',
    ],
    [
      "of one that is there twice",
      stack('{ data: { timeout: "60s" } }') + 'defineStack({ name: "shop" });',
      '"shop" is declared more than once: stacks/shop.ts, stacks/shop.ts',
    ],
  ])("%s", async (_, text, why) => {
    expect(await patched(text, propose("data", "30s"))).toEqual({
      text: undefined,
      diff: undefined,
      refused: [why],
    });
  });

  test("that two phases share", async () => {
    const text = stack("{ data: { timeout }, web: { timeout } }", 'const timeout = "60s";');
    const why = "stacks/shop.ts writes one timeout for data and web";
    expect(await patched(text, propose("data", "30s"), propose("web", "45s"))).toMatchObject({
      text: undefined,
      refused: [why, why],
    });
  });

  test("that is right, and one for which nothing is proposed", async () => {
    const text = stack('{ data: { timeout: "30s" }, web: { timeout: "60s" } }');
    const refused: Calibration = { phase: "web", timeout: "60s", refused: "too few" };
    expect(await patched(text, propose("data", "30s", "30s"), refused)).toEqual({
      text: undefined,
      diff: undefined,
      refused: [undefined, "too few"],
    });
  });
});
