import { describe, expect, test } from "vitest";
import { smallDeclaration, smallProject } from "../../support/small-project.ts";

// The real command in a process of its own: a test runner's way of loading TypeScript has errors of its own.
const quick = { timeout: 30_000 };

test("a project without faults has a plan", quick, () => {
  using project = smallProject();
  const { status, stdout, stderr } = project.phasegate("plan", "--stack", "dev");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("All (all): at once, within 60s");
});

describe("a declaration that cannot be loaded is reported with file, line and code", () => {
  test.for<[string, Record<string, string>, RegExp]>([
    [
      "a syntax error",
      { "stacks/small.ts": smallDeclaration.replace("port: 80,", "port: 80") },
      /^stacks\/small\.ts:10: Expected ',', got 'validations'|^stacks\/small\.ts:10: /,
    ],
    [
      "TypeScript that cannot be stripped",
      { "stacks/small.ts": `${smallDeclaration}enum Colour { red }\n` },
      /^stacks\/small\.ts:16: TypeScript enum is not supported in strip-only mode/,
    ],
    [
      "an import of a file that is not there",
      {
        "stacks/index.ts":
          '// The only one.\nimport { small } from "./smal.ts";\nexport const declarationNamed = () => small;\n',
      },
      /^stacks\/index\.ts:2: there is no file smal\.ts to import/,
    ],
    [
      "an import of a package that is not there",
      { "stacks/small.ts": `import "no-such-package";\n${smallDeclaration}` },
      /^stacks\/small\.ts:1: there is no package "no-such-package" to import/,
    ],
    [
      "an import of a name that is not exported",
      { "stacks/small.ts": smallDeclaration.replace("get, httpService }", "gett, httpService }") },
      /^stacks\/small\.ts:1: The requested module 'phasegate' does not provide an export named 'gett'/,
    ],
    [
      "code that throws",
      { "stacks/small.ts": `const url = new URL("nowhere");\n${smallDeclaration}` },
      /^stacks\/small\.ts:1: TypeError: Invalid URL/,
    ],
    [
      "an index without the function",
      { "stacks/index.ts": 'export { small } from "./small.ts";\n' },
      /^stacks\/index\.ts does not export the function declarationNamed\(name\)/,
    ],
  ])("%s", quick, ([, files, says]) => {
    using project = smallProject(files);
    const { status, stdout, stderr } = project.phasegate("plan", "--stack", "dev");
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/\n\[PHASEGATE_DECLARATION_UNREADABLE\]\n$/);
    expect(stderr).not.toMatch(/node:internal|\n\s+at /);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("by every command in one way", { timeout: 60_000 }, () => {
    using project = smallProject({ "stacks/small.ts": "export const small = {\n" });
    const reported = [
      ["plan", "--stack", "dev"],
      ["plan", "--stack", "dev", "--json"],
      ["parity"],
      ["graph", "--stack", "dev"],
    ].map((args) => project.phasegate(...args));
    for (const { status, stderr } of reported) {
      expect(stderr).toMatch(/^stacks\/small\.ts:[12]: /m);
      expect(stderr).toMatch(/\n\[PHASEGATE_DECLARATION_UNREADABLE\]\n$/);
      expect(status).toBe(2);
    }
  });
});

describe("a config that cannot be used is reported with file, key and what it must be", () => {
  const config = (text: string) => ({ "Pulumi.dev.yaml": text });
  test.for<[string, Record<string, string>, readonly string[]]>([
    [
      "tabs",
      config("config:\n\tsmall:environment: development\n"),
      ["Pulumi.dev.yaml has problems:", "  - line 2: Tabs are not allowed as indentation"],
    ],
    [
      "nothing in it",
      config(""),
      [
        "the config of stack dev (Pulumi.dev.yaml) has problems:",
        "  - small:declaration: is missing: it must be the name of a declaration of stacks/index.ts",
        '  - small:environment: is missing: it must be one of "development", "test", "staging", "production"',
        "  - small:portBase: is missing: it must be a whole number from 1024 to 64535: the first of 1000 ports",
      ],
    ],
    [
      "a misspelt key, and numbers out of range",
      config(
        'config:\n  small:declaration: small\n  small:environment: developement\n  small:portBase: 80\n  small:startupTimeoutMultiplier: "-1"\n  small:validationlevel: basic\n  small:healthCheckInterval: 0s\n  small:images: { api: "api: 7" }\n',
      ),
      [
        "the config of stack dev (Pulumi.dev.yaml) has problems:",
        '  - small:environment: there is no "developement"; did you mean "development"?',
        '  - small:startupTimeoutMultiplier: must be a number above 0 and at most 100, such as "1.5", and is -1',
        '  - small:healthCheckInterval: "0s" is out of range: it must be from 1s to 168h',
        "  - small:portBase: must be a whole number from 1024 to 64535: the first of 1000 ports, and is 80",
        '  - small:images.api: "api: 7" is not an image reference such as "redis:7"',
        '  - small:validationlevel: is not known here; did you mean "validationLevel"?',
      ],
    ],
    [
      "a multiplier of 0",
      config(
        'config:\n  small:declaration: small\n  small:environment: development\n  small:portBase: 15000\n  small:startupTimeoutMultiplier: "0"\n',
      ),
      [
        "the config of stack dev (Pulumi.dev.yaml) has problems:",
        '  - small:startupTimeoutMultiplier: must be a number above 0 and at most 100, such as "1.5", and is 0',
      ],
    ],
  ])("%s", quick, ([, files, lines]) => {
    using project = smallProject(files);
    const { status, stderr } = project.phasegate("plan", "--stack", "dev");
    expect(stderr.trimEnd().split("\n")).toEqual([...lines, "[PHASEGATE_CONFIG_INVALID]"]);
    expect(status).toBe(2);
  });
});

test("what the compiler was not asked about is a problem with a path", quick, () => {
  using project = smallProject({
    "stacks/small.ts": smallDeclaration.replace(
      'validation: "ready", timeout',
      'validation: "ready", dependOn: [], timeout',
    ),
  });
  const { status, stderr } = project.phasegate("plan", "--stack", "dev");
  expect(stderr).toBe(
    'the declaration small has problems:\n  - phases.all.dependOn: is not known here; did you mean "dependsOn"?\n[PHASEGATE_DECLARATION_INVALID]\n',
  );
  expect(status).toBe(2);
});

test(
  "a value that looks like a secret is a warning beside the plan, which is JSON all the same",
  quick,
  () => {
    using project = smallProject({
      "stacks/small.ts": smallDeclaration.replace(
        "port: 80,",
        'port: 80, env: { API_TOKEN: "0123456789abcdef" },',
      ),
    });
    const { status, stdout, stderr } = project.phasegate("plan", "--stack", "dev", "--json");
    expect(stderr).toMatch(
      /^warning: services\.api\.env\.API_TOKEN: looks like a secret in plain text: write secret\("apiToken"\)/,
    );
    expect(stderr).not.toContain("0123456789abcdef");
    expect(JSON.parse(stdout)).toMatchObject({ name: "small" });
    expect(status).toBe(0);
  },
);
