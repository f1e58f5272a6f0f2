/**
 * Checks that imports go one way (.dependency-cruiser.mjs), and that there was something to check: with a compiler that
 * it does not understand, dependency-cruiser finds no module at all and reports no violation.
 */
import { readdirSync } from "node:fs";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import config from "../.dependency-cruiser.mjs";

const folders = ["lib", "stacks", "services", "test"];
const { forbidden = [], options } = config;
const { output } = await cruise(
  ["index.ts", ...folders],
  { ...options, ruleSet: { forbidden }, validate: true },
  undefined,
  {
    tsConfig: extractTSConfig("tsconfig.json"),
  },
);
if (typeof output === "string")
  throw new Error("dependency-cruiser answered with text where its result was asked for");

const own = new Set(output.modules.map(({ source }) => source));
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`),
);
const unseen = files.filter((file) => !own.has(file));
for (const { rule, from, to } of output.summary.violations) console.error(`${from} → ${to}\n  ${rule.name}`);
if (unseen.length > 0) console.error(`not seen by dependency-cruiser, so not checked: ${unseen.join(", ")}`);
if (files.length === 0 || unseen.length > 0 || output.summary.violations.length > 0) process.exitCode = 1;
else
  console.log(
    `${files.length} modules, ${output.summary.totalDependenciesCruised ?? 0} imports: all in order`,
  );
