/** `npm test`: sets up what is missing, then runs every check and every test. The first that fails ends it. */
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, Option } from "commander";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { binDir, localDir, root } from "./bootstrap/paths.mjs";
import { createReport, spokenTime } from "./bootstrap/report.mjs";
import { runCommand } from "./setup/command.ts";
import { setUpTests } from "./setup/set-up.ts";
import { configuredStacks } from "./setup/stack-config.ts";

interface Stage {
  readonly name: string;
  readonly headline: string;
  /** The command and its arguments. */
  readonly run: readonly string[];
}

const checks: readonly Stage[] = [
  { name: "format", headline: "Format (Prettier)", run: ["prettier", "--check", "--log-level=warn", "."] },
  { name: "lint", headline: "Lint (ESLint)", run: ["eslint", "."] },
  {
    name: "imports",
    headline: "Imports go one way (dependency-cruiser)",
    run: ["node", "tools/imports.ts"],
  },
  {
    name: "configs",
    headline: "Stack configs hold no secret of one checkout",
    run: ["node", "tools/configs.ts"],
  },
  { name: "unused", headline: "Nothing unused (knip)", run: ["knip"] },
  { name: "types", headline: "Types (TypeScript 6)", run: ["tsc", "-p", "."] },
  {
    name: "types-7",
    headline: "Types (TypeScript 7)",
    run: ["node", "node_modules/typescript-7/bin/tsc", "-p", "."],
  },
];

const tests: readonly Stage[] = [
  { name: "unit", headline: "Unit tests", run: ["vitest", "run", "--project", "unit"] },
  { name: "pulumi", headline: "Pulumi program with mocks", run: ["vitest", "run", "--project", "pulumi"] },
  { name: "integration", headline: "Integration tests", run: ["vitest", "run", "--project", "integration"] },
  { name: "e2e", headline: "End-to-end tests", run: ["vitest", "run", "--project", "e2e"] },
];

interface Options {
  readonly unit?: true;
  readonly check?: true;
  readonly from?: string;
}

const stages = [...checks, ...tests];

const program = new Command("npm test --")
  .description(
    "Run all checks and tests, on a container engine. `npm run test:unit` runs the tests that need no engine, in seconds. `npm run check` runs the checks of format, lint, imports, unused code and types, and no test.",
  )
  .addOption(new Option("--from <stage>", "begin with this stage").choices(stages.map(({ name }) => name)))
  .addOption(
    new Option(
      "--unit",
      "only the unit tests and the tests with mocks; further arguments go to vitest",
    ).conflicts("from"),
  )
  .addOption(new Option("--check", "only the checks").conflicts(["from", "unit"]))
  .allowUnknownOption()
  .allowExcessArguments();

const report = createReport(process.stdout);

async function runStages(chosen: readonly Stage[], env: NodeJS.ProcessEnv): Promise<number> {
  for (const { headline, run } of chosen) {
    report.headline(headline);
    const start = performance.now();
    const [command = "", ...args] = run;
    const code = await runInForeground(command, args, { env, cwd: root });
    if (code !== 0) {
      report.say(`\n✗ ${headline}: failed after ${spokenTime(performance.now() - start)}`);
      return code;
    }
    report.say(`✓ ${headline}: ${spokenTime(performance.now() - start)}`);
  }
  return 0;
}

/** Tests have a state of their own, here and nowhere else: they must never reach the stacks of whoever runs them. */
function testState(): NodeJS.ProcessEnv {
  const dir = join(localDir, "test-state");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return {
    PULUMI_BACKEND_URL: pathToFileURL(dir).href,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase of the tests",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
  };
}

await runCommand(program, async () => {
  const { unit, check, from } = program.opts<Options>();
  const start = performance.now();
  const plain = { ...process.env, PATH: `${binDir}${delimiter}${process.env["PATH"] ?? ""}` };
  if (check) return await runStages(checks, plain);
  if (unit) {
    const args = ["run", "--project", "unit", "--project", "pulumi", ...program.args];
    return await runInForeground("vitest", args, { env: plain, cwd: root });
  }
  const { env } = await setUpTests(report, configuredStacks());
  const first = stages.findIndex(({ name }) => name === from);
  const code = await runStages(stages.slice(Math.max(first, 0)), { ...env, ...testState() });
  if (code === 0) report.say(`\nAll passed, in ${spokenTime(performance.now() - start)}.`);
  return code;
});
