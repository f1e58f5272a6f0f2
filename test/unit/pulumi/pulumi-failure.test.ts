import { expect, test } from "vitest";
import { pulumiFailure } from "../../../lib/pulumi/pulumi-failure.ts";

const locked = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///home/ann/state/.pulumi/locks/organization/phasegate/dev/3f567b9a.json?no_tmp_dir=true: created by ann@laptop (pid 14806) at 2026-11-25T23:50:59Z
`;

test("a stack that another command works on: who holds its lock, since when, and what to do", () => {
  expect(pulumiFailure("dev", { stdout: "", stderr: locked })).toBe(
    "the stack dev is locked by ann@laptop (pid 14806) since 2026-11-25T23:50:59Z. Wait until that has ended, then run " +
      '"pulumi up --stack dev" again. If that process is gone, "pulumi cancel --stack dev" removes its lock.',
  );
});

test("a lock that is described otherwise is reported in Pulumi's words", () => {
  const stderr = "error: the stack is currently locked by 1 lock(s).\n";
  expect(pulumiFailure("dev", { stdout: "", stderr })).toBe(stderr.trim());
});

test("what failed in an update is its diagnostics", () => {
  const stdout =
    "Updating (dev):\n\nDiagnostics:\n  PhaseGate (data):\n    error: no\n\nResources:\n    1 errored\n";
  expect(pulumiFailure("dev", { stdout, stderr: "error: update failed" })).toBe(
    "PhaseGate (data):\n    error: no",
  );
});

test("what did not even begin is what it wrote to stderr; nothing is nothing", () => {
  expect(pulumiFailure("dev", { stdout: "", stderr: "error: no stack named dev\n" })).toBe(
    "error: no stack named dev",
  );
  expect(pulumiFailure("dev", { stdout: "", stderr: "" })).toBeUndefined();
});
