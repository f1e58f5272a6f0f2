import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepNoLogs } from "../../../tools/setup/toolchain-logs.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("a file stands where the folder of Pulumi's logs would be, and says why", () => {
  using folder = temporaryFolder();
  const logs = join(folder.path, "logs");
  mkdirSync(logs);
  writeFileSync(join(logs, "pulumi-20260101T000000-1-up.log"), "earlier");
  keepNoLogs(folder.path);
  expect(readFileSync(logs, "utf8")).toMatch(/no log is written/);
  expect(() => mkdirSync(logs, { recursive: true })).toThrow("EEXIST");
  keepNoLogs(folder.path);
  expect(readFileSync(logs, "utf8")).toMatch(/no log is written/);
});
