import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:http2";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";

const start = join(process.cwd(), "lib/pulumi/start");

/** Says on stderr when the operations are loaded. */
const watch = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.endsWith("/start/operations.ts")) process.stderr.write("operations\\n");
  return next(url, context);
} });`;

test("the provider answers first, loads its operations once Pulumi has configured it, and ends with Pulumi", async () => {
  const provider = spawn(process.execPath, [
    ...["--require", join(start, "quick-start.cjs")],
    ...["--import", `data:text/javascript,${encodeURIComponent(watch)}`],
    ...[join(start, "dynamic-provider.ts"), "127.0.0.1:1"],
  ]);
  let said = "";
  provider.stderr.on("data", (data: Buffer) => (said += data.toString()));
  const [port] = (await once(provider.stdout, "data")) as [Buffer];
  const engine = connect(`http://127.0.0.1:${port.toString().trim()}`);
  try {
    await once(engine, "connect");
    expect(said).toBe("");
    // A call of gRPC is a request of HTTP/2. Pulumi's server never answers one without a message.
    engine.request({ ":method": "POST", ":path": "/pulumirpc.ResourceProvider/Configure" });
    expect(await eventually(async () => said !== "")).toBe(true);
    expect(said).toBe("operations\n");
    // As where Pulumi is killed: nobody ends the process.
    provider.stdin.end();
    expect(await once(provider, "exit")).toEqual([1, null]);
  } finally {
    engine.destroy();
    provider.kill();
  }
});
