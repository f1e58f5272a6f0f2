import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { otlpReceiver } from "../../../support/otlp-receiver.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { writeBundle } from "../../../support/write-bundle.ts";

it("works as the coordinator's image has it: bundled, with its libraries in files of their own", async () => {
  using folder = temporaryFolder();
  const receiver = await otlpReceiver();
  const program = await writeBundle(folder.path, "test/support/telemetry-program.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, receiver.endpoint]);
  expect(JSON.parse(stdout)).toEqual({ logged: ["metrics-listening"], counted: true });
  await expect.poll(() => receiver.spans().map(({ name }) => name)).toEqual(["incident"]);
  await receiver.close();
  expect(readFileSync(program, "utf8")).not.toMatch(/prom-client\/|OTLPTraceExporter/);
});
