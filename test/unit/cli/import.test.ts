import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportText } from "../../../lib/cli/import.ts";

const command = join(import.meta.dirname, "../../../bin/phasegate.mjs");
let project = "";

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "phasegate-import-"));
  await writeFile(join(project, "compose.yml"), "name: small\nservices: { web: { image: nginx } }\n");
  await writeFile(join(project, "compose.override.yml"), "services: { web: { isolation: default } }\n");
});
afterAll(() => rm(project, { recursive: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "import", ...args], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, API_TOKEN: "of-the-shell" },
  });
  return { status, stdout, stderr };
}

test("finds compose's files itself; the declaration goes out, what is to be known of it beside it", () => {
  const { status, stdout, stderr } = run();
  expect(status).toBe(0);
  expect(stdout).toContain('export const small = defineStack({\n  name: "small"');
  expect(stdout).toContain("// lost: isolation: ");
  expect(stderr).toContain("Not carried over:\n  services.web.isolation  phasegate does not set it");
});

test("writes a file, and not over one that is there", async () => {
  const first = run("compose.yml", "--output", "small.ts", "--name", "tiny");
  expect(first).toMatchObject({ status: 0, stdout: "" });
  expect(first.stderr).toContain("small.ts exports tiny. Add it to stacks/index.ts.\n");
  expect(await readFile(join(project, "small.ts"), "utf8")).toContain("export const tiny = ");
  const again = run("compose.yml", "--output", "small.ts");
  expect(again.status).toBe(2);
  expect(again.stderr).toBe(
    "small.ts exists already: give another --output, or --force to overwrite it\n[PHASEGATE_OUTPUT_EXISTS]\n",
  );
  expect(run("compose.yml", "--output", "small.ts", "--force").status).toBe(0);
  expect(await readFile(join(project, "small.ts"), "utf8")).toContain("export const small = ");
});

test("gives everything as data", () => {
  const { stdout, stderr } = run("compose.yml", "--json");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({
    name: "small",
    constant: "small",
    notes: [{ kind: "check", path: "services.web" }],
    secrets: [],
  });
});

test("a file that cannot be imported ends it with 2, and one message", () => {
  const { status, stdout, stderr } = run("none.yaml");
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: "",
    stderr: "there is no compose file none.yaml\n[PHASEGATE_COMPOSE_INVALID]\n",
  });
});

test("the report says what was lost before what is to be checked, and the secrets last", () => {
  const imported = {
    name: "shop",
    constant: "shop",
    source: "",
    notes: [
      { kind: "check", path: "services.api", message: "look" },
      { kind: "lost", path: "services.db.ulimits", message: "gone" },
    ],
    secrets: [{ name: "dbPassword", from: "the variable DB" }],
  } as const;
  expect(reportText(imported, undefined)).toBe(
    [
      "Not carried over:",
      "  services.db.ulimits  gone",
      "",
      "Guessed, and worth a look:",
      "  services.api  look",
      "",
      "Secrets to set, with the values that they have now:",
      '  pulumi config set --secret --path "phasegate:secrets.dbPassword" --stack STACK  # the variable DB',
    ].join("\n"),
  );
});
