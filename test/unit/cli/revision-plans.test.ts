import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { revisionPlans } from "../../../lib/cli/revision-plans.ts";

// A project of its own in a repository of its own: its command answers with what stands in a file of the revision.
const answering = `import { existsSync, readFileSync } from "node:fs";
if (!existsSync("node_modules/a-package")) throw new Error("the packages are missing");
process.stdout.write(readFileSync(\`\${process.argv[process.argv.indexOf("--stack") + 1]}.json\`, "utf8"));
`;
const hanging = `import { writeFileSync } from "node:fs";
writeFileSync(STARTED, "");
setInterval(() => undefined, 1000);
`;

let repository: string;
let project: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "phasegate-test-"));
  project = join(repository, "deploy");
  mkdirSync(join(project, "bin"), { recursive: true });
  mkdirSync(join(project, "node_modules/a-package"), { recursive: true });
  writeFileSync(join(repository, ".gitignore"), "node_modules\n");
  git("init", "--quiet");
});
afterEach(() => rmSync(repository, { recursive: true }));

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@localhost", ...args], {
    cwd: repository,
    encoding: "utf8",
  });

function commit(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
  git("add", "--all");
  git("commit", "--quiet", "--message", "a revision");
}

const plan = (name: string) =>
  JSON.stringify({
    version: 0,
    name,
    phases: { only: { services: ["api"], colour: "red" } },
    services: { api: {} },
  });
const signal = () => new AbortController().signal;

/** What a worktree of ours would be seen by. */
function leftovers(): string[] {
  const trees = git("worktree", "list", "--porcelain").match(/^worktree .*/gm) ?? [];
  return trees.filter((line) => line.includes("phasegate-revision-"));
}

test("a revision is resolved by its own code, and nothing stays behind", async () => {
  commit({ "bin/phasegate.mjs": answering, "Pulumi.dev.yaml": "", "dev.json": plan("first") });
  commit({ "Pulumi.prod.yaml": "", "dev.json": plan("second"), "prod.json": plan("second") });
  const before = await revisionPlans(project, "HEAD~1", signal());
  const after = await revisionPlans(project, "HEAD", signal());
  expect(before.name).toMatch(/^HEAD~1 \([0-9a-f]{7}\)$/);
  expect(Object.entries(before.plans).map(([stack, { json }]) => [stack, json])).toMatchObject([
    ["dev", { name: "first" }],
  ]);
  expect(Object.keys(after.plans)).toEqual(["dev", "prod"]);
  expect(leftovers()).toEqual([]);
  expect(existsSync(join(project, "node_modules/a-package"))).toBe(true);
});

test.for<[string, Readonly<Record<string, string>>, string, string]>([
  ["that does not exist", { "Pulumi.dev.yaml": "" }, "no-such", "fatal: Needed a single revision"],
  ["that looks like an option", { "Pulumi.dev.yaml": "" }, "--all", "fatal: Needed a single revision"],
  ["from before there was a command", { "Pulumi.dev.yaml": "" }, "HEAD", "Cannot find module"],
  [
    "whose command fails",
    {
      "Pulumi.dev.yaml": "",
      "bin/phasegate.mjs": "console.error('the declaration has problems'); process.exit(2);",
    },
    "HEAD",
    "ended with code 2:\n  the declaration has problems",
  ],
  [
    "whose command answers with something else",
    { "Pulumi.dev.yaml": "", "bin/phasegate.mjs": "console.log('{}')" },
    "HEAD",
    '"phasegate plan --stack dev --json" answered with no plan there',
  ],
])("a revision %s is one clear error, and nothing stays behind", async ([, files, revision, words]) => {
  commit(files);
  await expect(revisionPlans(project, revision, signal())).rejects.toMatchObject({
    code: "PHASEGATE_REVISION_UNRESOLVED",
    message: expect.stringContaining(words) as string,
  });
  expect(leftovers()).toEqual([]);
});

test("what is interrupted leaves nothing behind", async () => {
  const started = join(repository, "started");
  commit({
    "bin/phasegate.mjs": hanging.replace("STARTED", JSON.stringify(started)),
    "Pulumi.dev.yaml": "",
  });
  const abort = new AbortController();
  const resolving = revisionPlans(project, "HEAD", abort.signal);
  resolving.catch(() => undefined);
  while (!existsSync(started)) await sleep(20);
  expect(leftovers()).toHaveLength(1);
  abort.abort(new Error("interrupted"));
  await expect(resolving).rejects.toThrow("interrupted");
  expect(leftovers()).toEqual([]);
});
