import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { usableDatabase } from "../../../lib/history/usable-database.ts";
import { redactor } from "../../../lib/redaction/redact.ts";
import { desiredIn, foundIn } from "../../support/desired-database.ts";
import { encodings } from "../../support/encodings.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const secrets = {
  odd: 'p@ss/w"rd + grüße🙂 %41&amp;',
  plain: "correct-horse-battery",
  lines: "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----\n",
};
const key = randomBytes(32).toString("base64");
const values = [...Object.values(secrets), key];

/** Which of the values stand in some bytes, in one of the ways in which a text can be written. */
function secretsIn(bytes: Buffer): string[] {
  const forms = (value: string): Buffer[] => [
    ...Object.values(encodings).map((encode) => Buffer.from(encode(value))),
    ...["utf8", "utf16le", "latin1"].map((encoding) => Buffer.from(value, encoding as BufferEncoding)),
    Buffer.from(value, "base64"),
  ];
  const redact = redactor(values);
  // In parts that overlap: the redactor reads a long text in fewer ways.
  const parts = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, i) =>
    bytes.subarray(i * 4096, (i + 1) * 4096 + 512).toString("utf8"),
  );
  return [
    ...values.filter((value) => forms(value).some((form) => form.length >= 8 && bytes.includes(form))),
    ...parts.filter((part) => redact(part).includes("[secret]")).map(() => "read by the redactor"),
  ];
}

function filesOf(folder: string): { readonly name: string; readonly bytes: Buffer }[] {
  return readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

test("the database alone gives nobody a secret, nor does its log, while it is open and after", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "history.db");
  const opened = usableDatabase(file, () => undefined);
  const store = desiredIn(opened, key);
  for (let n = 0; n < 60; n++) {
    store.keep("redis", { n, spec: "x".repeat(3000) }, { ...secrets, changing: `${secrets.plain}-${n}` });
    store.keep(`service${n}`, { n }, secrets);
    if (n % 3 === 0) store.forget(`service${n}`);
    store.setFact("lastAliveMs", n);
  }
  const open = filesOf(folder.path);
  expect(open.map(({ name }) => name).sort()).toEqual(["history.db", "history.db-shm", "history.db-wal"]);
  expect(open.find(({ name }) => name === "history.db-wal")?.bytes.length).toBeGreaterThan(100_000);
  for (const { name, bytes } of open) expect(secretsIn(bytes), name).toEqual([]);
  opened.database?.close();
  for (const { name, bytes } of filesOf(folder.path)) expect(secretsIn(bytes), name).toEqual([]);
  expect(foundIn(file, key)[0]?.secrets).toEqual({ ...secrets, changing: `${secrets.plain}-59` });
});

test("without a key, none is written at all", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "history.db");
  const opened = usableDatabase(file, () => undefined);
  desiredIn(opened, null).keep("redis", {}, secrets);
  for (const { name, bytes } of filesOf(folder.path)) expect(secretsIn(bytes), name).toEqual([]);
  opened.database?.close();
});

test.each(Object.entries(encodings))("who looks for secrets finds one that stands there %s", (_, encode) => {
  using folder = temporaryFolder();
  const file = join(folder.path, "history.db");
  const opened = usableDatabase(file, () => undefined);
  desiredIn(opened, key).keep("redis", { leaked: `: ${encode(secrets.odd)}` }, secrets);
  expect(filesOf(folder.path).flatMap(({ bytes }) => secretsIn(bytes))).not.toEqual([]);
  opened.database?.close();
});
