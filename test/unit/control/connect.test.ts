import { expect, test } from "vitest";
import { connectCoordinator } from "../../../lib/control/client.ts";
import { fakeEngine } from "../../support/fake-engine.ts";

const stopped = { running: false, finishedMs: 1, exitCode: 137, labels: { "phasegate.stack": "dev" } };

/** An engine with a coordinator that never answers: its relay ends at once. */
function engineWith(patch: object) {
  const engine = fakeEngine(() => 0);
  engine.add("coordinator", patch);
  return engine;
}

test("a coordinator that is stopped is reported as such, with what starts it, and left as it is", async () => {
  const engine = engineWith(stopped);
  await expect(connectCoordinator(engine, "coordinator", { withinMs: 0 })).rejects.toMatchObject({
    code: "PHASEGATE_COORDINATOR_UNREACHABLE",
    message:
      'the coordinator cannot be reached: its container stack-coordinator is stopped (exit code 137). "pulumi up --stack dev" ' +
      'starts it and proves the services again; "docker logs stack-coordinator" shows what it has written.',
  });
  expect(engine.calls).toEqual([]);
});

test("where there is work for it, it is started, once; what it wrote before it ended again is reported", async () => {
  const engine = engineWith(stopped);
  engine.lines = ["cannot open the socket"];
  engine.onStart = () => {};
  await expect(connectCoordinator(engine, "coordinator", { withinMs: 0, start: true })).rejects.toMatchObject(
    {
      message:
        "the coordinator cannot be reached: its container stack-coordinator was started, and has exited with code 137:\n" +
        '  cannot open the socket\n"docker logs stack-coordinator" shows its whole log.',
    },
  );
  expect(engine.calls).toEqual(["start coordinator"]);
});

test("one that was removed is reported with what creates it again", async () => {
  const engine = fakeEngine(() => 0);
  await expect(
    connectCoordinator(engine, "0123456789abcdef", { withinMs: 0, stack: "dev" }),
  ).rejects.toMatchObject({
    message:
      'the coordinator cannot be reached: its container 0123456789ab is not on the engine. "pulumi up --stack dev" creates it again.',
  });
});
