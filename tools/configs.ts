/**
 * Checks that no stack's config in the repository holds what belongs to one checkout: the salt of its passphrase, or
 * secrets encrypted with it. Every other clone would find a stack that it cannot open.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const tracked = execFileSync("git", ["ls-files", "-z", "Pulumi.*.yaml"], { encoding: "utf8" })
  .split("\0")
  .filter(Boolean);
const wrong = tracked.flatMap((file) =>
  keysOf(parse(readFileSync(file, "utf8")))
    .filter((key) => key === "encryptionsalt" || key === "secure")
    .map((key) => `${file}: ${key}`),
);

for (const place of new Set(wrong)) console.error(place);
if (tracked.length === 0) console.error("no Pulumi.STACK.yaml is tracked, so none was checked");
if (wrong.length > 0)
  console.error(
    "These are encrypted with one checkout's passphrase: no other clone can read them. Take them out before you commit.",
  );
if (wrong.length > 0 || tracked.length === 0) process.exitCode = 1;
else console.log(`${tracked.length} stack configs: none holds a salt or an encrypted value`);

/** All keys of a document, at any depth. */
function keysOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...keysOf(member)]);
}
