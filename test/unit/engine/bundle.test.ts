import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { closedPort } from "../../support/loopback.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { writeBundle } from "../../support/write-bundle.ts";

const entry = "test/support/engine-program.ts";

test("what a package seldom uses is in the bundle, and runs when it is used", async () => {
  using folder = temporaryFolder();
  const run = async (program: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, String(await closedPort())]);
    return JSON.parse(stdout) as unknown;
  };
  expect(await run(await writeBundle(folder.path, entry))).toEqual({
    building: false,
    answer: expect.stringMatching(/ECONNREFUSED/) as string,
  });
  expect(await run(entry)).toEqual({
    building: true,
    answer: expect.stringMatching(/ECONNREFUSED/) as string,
  });
});
