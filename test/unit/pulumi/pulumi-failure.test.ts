import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { expect, test } from "vitest";
import { pulumiFailure } from "../../../lib/pulumi/pulumi-failure.ts";

const locked = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///home/ann/state/.pulumi/locks/organization/phasegate/dev/3f567b9a.json?no_tmp_dir=true: created by ann@laptop (pid 14806) at 2026-11-25T23:50:59Z
`;

test("a stack that another command works on: who holds its lock, since when, and what to do", () => {
  expect(pulumiFailure("dev", { events: [], stderr: locked })).toBe(
    "the stack dev is locked by ann@laptop (pid 14806) since 2026-11-25T23:50:59Z. Wait until that has ended, then run " +
      '"pulumi up --stack dev" again. If that process is gone, "pulumi cancel --stack dev" removes its lock.',
  );
});

test("a lock that is described otherwise is reported in Pulumi's words", () => {
  const stderr = "error: the stack is currently locked by 1 lock(s).\n";
  expect(pulumiFailure("dev", { events: [], stderr })).toBe(stderr.trim());
});

const gate =
  "urn:pulumi:dev::phasegate::phasegate:index:Stack$pulumi-nodejs:dynamic/phasegate:PhaseGate::data";

function diagnostic(severity: "error" | "warning", message: string, urn?: string): EngineEvent {
  return {
    sequence: 1,
    timestamp: 0,
    diagnosticEvent: { severity, message, color: "never", ...(urn && { urn }) },
  };
}

test("what failed in an update are the errors of its resources, each once, without colours", () => {
  const events = [
    diagnostic("warning", "never mind", gate),
    diagnostic("error", "<{%reset%}>The gate of data did not open:\n  redis<{%reset%}>\n", gate),
    diagnostic("error", "<{%reset%}>The gate of data did not open:\n  redis<{%reset%}>\n", gate),
    diagnostic("error", "update failed"),
  ];
  expect(pulumiFailure("dev", { events, stderr: "error: update failed" })).toBe(
    "pulumi-nodejs:dynamic/phasegate:PhaseGate (data):\n    The gate of data did not open:\n      redis",
  );
});

test("an error that is of no resource is reported where there is no other", () => {
  const events = [diagnostic("error", "no program")];
  expect(pulumiFailure("dev", { events, stderr: "" })).toBe("    no program");
});

test("what did not even begin is what it wrote to stderr; nothing is nothing", () => {
  expect(pulumiFailure("dev", { events: [], stderr: "error: no stack named dev\n" })).toBe(
    "error: no stack named dev",
  );
  expect(pulumiFailure("dev", { events: [], stderr: "" })).toBeUndefined();
});
