// `npm test`: sets up what is missing, then runs every check and every test. The first that fails ends it.
import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { command } from "./setup/command.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { runInForeground } from "./setup/foreground.mjs";
import { configuredStacks } from "./setup/needs.mjs";
import { binDir, localDir, root } from "./setup/paths.mjs";
import { createReport, spokenTime } from "./setup/report.mjs";
import { setUp } from "./setup/set-up.mjs";

const help = `
npm test [-- --from NAME]          everything, on a container engine
npm run test:unit [-- FILTER…]     what needs no engine, in seconds
npm run check                      format, lint, imports, unused code and types, without running a test

NAME is one of: format, lint, imports, unused, types, types-7, unit, pulumi, integration, e2e.
`;

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} headline
 * @property {readonly string[]} run the command and its arguments
 */

/** @type {readonly Stage[]} */
const checks = [
  { name: "format", headline: "Format (Prettier)", run: ["prettier", "--check", "--log-level=warn", "."] },
  { name: "lint", headline: "Lint (ESLint)", run: ["eslint", "."] },
  {
    name: "imports",
    headline: "Imports go one way (dependency-cruiser)",
    run: ["node", "tools/imports.mjs"],
  },
  { name: "unused", headline: "Nothing unused (knip)", run: ["knip"] },
  { name: "types", headline: "Types (TypeScript 6)", run: ["tsc", "-p", "."] },
  { name: "types-tools", headline: "Types of the tools (TypeScript 6)", run: ["tsc", "-p", "tools"] },
  {
    name: "types-7",
    headline: "Types (TypeScript 7)",
    run: ["node", "node_modules/typescript-7/bin/tsc", "-p", "."],
  },
];

/** @type {readonly Stage[]} */
const tests = [
  { name: "unit", headline: "Unit tests", run: ["vitest", "run", "--project", "unit"] },
  { name: "pulumi", headline: "Pulumi program with mocks", run: ["vitest", "run", "--project", "pulumi"] },
  { name: "integration", headline: "Integration tests", run: ["vitest", "run", "--project", "integration"] },
  { name: "e2e", headline: "End-to-end tests", run: ["vitest", "run", "--project", "e2e"] },
];

const report = createReport(process.stdout);

/** @param {readonly Stage[]} stages @param {NodeJS.ProcessEnv} env */
async function runStages(stages, env) {
  for (const { headline, run } of stages) {
    report.headline(headline);
    const start = performance.now();
    const [program = "", ...args] = run;
    const code = await runInForeground(program, args, { env, cwd: root });
    if (code !== 0) {
      report.say(`\n✗ ${headline}: failed after ${spokenTime(performance.now() - start)}`);
      return code;
    }
    report.say(`✓ ${headline}: ${spokenTime(performance.now() - start)}`);
  }
  return 0;
}

/** Tests have a state of their own, here and nowhere else: they must never reach the stacks of whoever runs them. */
function testState() {
  const dir = join(localDir, "test-state");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return {
    PULUMI_BACKEND_URL: pathToFileURL(dir).href,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase of the tests",
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
  };
}

await command(help, async (args) => {
  const start = performance.now();
  const [mode, ...rest] = args;
  const plain = { ...process.env, PATH: `${binDir}${delimiter}${process.env["PATH"] ?? ""}` };
  if (mode === "--unit" || mode === "--check") {
    await report.step("dependencies", ensureDependencies);
    if (mode === "--check") return await runStages(checks, plain);
    return await runInForeground("vitest", ["run", "--project", "unit", "--project", "pulumi", ...rest], {
      env: plain,
      cwd: root,
    });
  }
  const { env } = await setUp(report, [], { imagesOf: configuredStacks() });
  const stages = [...checks, ...tests];
  const from = mode === "--from" ? stages.findIndex(({ name }) => name === rest[0]) : 0;
  const code = from < 0 ? 2 : await runStages(stages.slice(from), { ...env, ...testState() });
  if (from < 0) report.say(help.trim());
  else if (code === 0) report.say(`\nAll passed, in ${spokenTime(performance.now() - start)}.`);
  return code;
});
