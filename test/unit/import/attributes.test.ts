import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serviceSchema } from "../../../lib/import/read/service-schema.ts";
import { attributes, lostOfDeploy } from "../../../lib/import/translate/attributes.ts";

const words = {
  carried: "carried",
  differently: "differently",
  not: "not carried",
  nothing: "nothing to carry",
} as const;

test("every attribute that an import reads has its fate, and nothing else has", () => {
  expect(Object.keys(attributes).sort()).toEqual(Object.keys(serviceSchema.shape).sort());
});

test("the documentation says what the code does", async () => {
  const documentation = await readFile(join(import.meta.dirname, "../../../docs/importing.md"), "utf8");
  const rows = [...documentation.matchAll(/^\| `([\w.]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map((row) =>
    row.slice(1),
  );
  const expected = [
    ...Object.entries(attributes).map(([name, { fate, what }]) => [name, words[fate], what]),
    ...Object.entries(lostOfDeploy).map(([name, why]) => [`deploy.${name}`, words.not, why]),
  ];
  expect(rows).toEqual(expected);
});
