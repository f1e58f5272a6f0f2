import { afterAll, beforeAll, expect, test } from "vitest";
import { openTrial, type CommandResult, type TrialProject } from "./trial-project.ts";

// What containers write, on its whole way to people: through the engine, the coordinator, Pulumi and the command line.
const token = "t0ken/grüße+1";
let trial: TrialProject;

beforeAll(async () => {
  const config = {
    declaration: "output",
    environment: "test",
    startupTimeoutMultiplier: "1.0",
    healthCheckInterval: "15s",
    validationLevel: "comprehensive",
    portBase: 14_500,
  };
  trial = await openTrial("output", config, "test/e2e/output/stacks");
  await trial.setSecrets({ token });
});
afterAll(() => trial.remove());

function expectFit({ output }: CommandResult): void {
  expect(output.replaceAll(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const forms = [
    token,
    encodeURIComponent(token),
    Buffer.from(token).toString("hex"),
    Buffer.from(`me:${token}`).toString("base64"),
  ];
  for (const form of forms) expect(output).not.toContain(form);
}

test("a line without an end opens a gate; the report of another is legible, and shows no secret in any form", async () => {
  const result = await trial.up();
  expect(result.code, result.output).not.toBe(0);
  expect(result.output).toMatch(/The gate of second did not open: noisy is not ready/);
  expect(result.output).toContain(String.raw`| starting 10%\r20% \u202edone`);
  expect(result.output).toContain("| token [secret]");
  expect(result.output).toContain(String.raw`| {"m":"{\"token\":\"[secret]\"}"}`);
  expect(result.output).toContain("| [secret] [secret]");
  expectFit(result);

  for (const args of [["status"], ["report"], ["report", "--markdown"], ["report", "--json"], ["history"]]) {
    const shown = await trial.run("node", ["bin/phasegate.mjs", ...args, "--stack", trial.stack]);
    expect(shown.output).toContain("noisy");
    expectFit(shown);
  }
});
