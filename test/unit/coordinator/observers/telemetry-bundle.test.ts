import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bundle } from "../../../../lib/engine/bundle.ts";
import { otlpReceiver } from "../../../support/otlp-receiver.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

it("works as the coordinator's image has it: bundled, with its libraries in files of their own", async () => {
  using folder = temporaryFolder();
  const receiver = await otlpReceiver();
  const files = await bundle(process.cwd(), "test/support/telemetry-program.ts", {});
  for (const { name, content } of files) writeFileSync(join(folder.path, name), content);
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(folder.path, "main.mjs"),
    receiver.endpoint,
  ]);
  expect(JSON.parse(stdout)).toEqual({ logged: ["metrics-listening"], counted: true });
  await expect.poll(() => receiver.spans().map(({ name }) => name)).toEqual(["incident"]);
  await receiver.close();
  const main = files.find(({ name }) => name === "main.mjs");
  expect(Buffer.from(main?.content ?? "").toString()).not.toMatch(/prom-client\/|OTLPTraceExporter/);
});
