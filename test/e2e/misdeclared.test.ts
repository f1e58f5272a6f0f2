import { afterAll, beforeAll, expect, test } from "vitest";
import { connectEngine } from "../../lib/engine/docker-engine.ts";
import { openTrial, type TrialProject } from "./trial-project.ts";

// What a declaration must not say is refused by whatever reads it, in the same words, before anything is created.
let trial: TrialProject;

beforeAll(async () => {
  trial = await openTrial(
    "misdeclared",
    { environment: "test", validationLevel: "comprehensive", portBase: 12_400 },
    "test/e2e/misdeclared/stacks",
  );
});

afterAll(() => trial.remove());

const readers: readonly (readonly [string, () => ReturnType<TrialProject["run"]>])[] = [
  [
    "phasegate plan",
    () => trial.run(process.execPath, ["bin/phasegate.mjs", "plan", "--stack", trial.stack]),
  ],
  ["pulumi preview", () => trial.pulumi(["preview"])],
  ["pulumi up", () => trial.up()],
];

async function expectRefusal(code: string, problem: string): Promise<void> {
  for (const [command, run] of readers) {
    const result = await run();
    expect(result.code, command).not.toBe(0);
    expect(result.output, command).toContain(problem);
    expect(result.output, command).toContain(`[${code}]`);
    expect(result.output, command).not.toMatch(/\n\s+at .*(node:|\.ts)/);
  }
  expect(await connectEngine().list({ "phasegate.stack": trial.stack })).toEqual([]);
}

test("a misspelt dependsOn would lose a gate: it is refused, with the key that was meant", async () => {
  trial.configure({ declaration: "misspelt" });
  await expectRefusal(
    "PHASEGATE_DECLARATION_INVALID",
    'phases.second.dependOn: is not known here; did you mean "dependsOn"?',
  );
});

test("an empty image is refused by its place, and not taken for an engine that does not answer", async () => {
  trial.configure({ declaration: "withoutImage" });
  await expectRefusal(
    "PHASEGATE_DECLARATION_INVALID",
    'services.first.image: must be an image reference such as "redis:7"',
  );
});

test("a password in plain text is a warning of the preview, which says what to write and not the password", async () => {
  trial.configure({ declaration: "readable" });
  const { code, output } = await trial.pulumi(["preview"]);
  expect(code, output).toBe(0);
  expect(output).toMatch(
    /warning: services\.first\.env\.DB_PASSWORD: looks like a secret in plain text: write secret\("dbPassword"\)/,
  );
  expect(output).not.toContain("hunter2-and-more");
});

test("a declaration with a syntax error is refused with file and line", async () => {
  const broken = "export const declarationNamed = {\n  name: 1\n  other: 2,\n};\n";
  const { code } = await trial.run("sh", ["-c", "rm stacks && mkdir stacks && cat > stacks/index.ts"], {
    input: broken,
  });
  expect(code).toBe(0);
  await expectRefusal("PHASEGATE_DECLARATION_UNREADABLE", "stacks/index.ts:3: Expected ','");
});
