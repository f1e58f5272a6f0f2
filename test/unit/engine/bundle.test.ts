import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundle } from "../../../lib/engine/bundle.ts";
import { closedPort } from "../../support/loopback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const entry = "test/support/engine-program.ts";

test("what a package seldom uses is in the bundle, and runs when it is used", async () => {
  using folder = temporaryFolder();
  for (const { name, content } of await bundle(process.cwd(), entry, {}))
    writeFileSync(join(folder.path, name), content);
  const run = async (program: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, String(await closedPort())]);
    return JSON.parse(stdout) as unknown;
  };
  expect(await run(join(folder.path, "main.mjs"))).toEqual({
    building: false,
    answer: expect.stringMatching(/ECONNREFUSED/) as string,
  });
  expect(await run(entry)).toEqual({
    building: true,
    answer: expect.stringMatching(/ECONNREFUSED/) as string,
  });
});
