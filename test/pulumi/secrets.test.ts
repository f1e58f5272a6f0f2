import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readSecrets } from "../../lib/pulumi/config.ts";
import { readStackPlan } from "../../lib/project/stack-plan.ts";

await pulumi.runtime.setMocks(
  {
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
    call: ({ inputs }) => inputs as object,
  },
  "phasegate",
  "dev",
);
const plan = await readStackPlan(process.cwd(), "dev");

function read(values: Readonly<Record<string, string>>) {
  pulumi.runtime.setAllConfig({ "phasegate:secrets": JSON.stringify(values) }, ["phasegate:secrets"]);
  return readSecrets(plan);
}

test("values that cannot be hidden are refused together, and not shown", () => {
  const [first = "", second = ""] = Object.keys(plan.secrets);
  let error: unknown;
  try {
    read({ [first]: "hunter2", [second]: "netra-dev" });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "PHASEGATE_CONFIG_INVALID" });
  const { message } = error as Error;
  expect(message).toContain(`secrets.${first}: its value has fewer than 8 characters`);
  expect(message).toContain(`secrets.${second}: its value is a name of this stack`);
  expect(message).not.toContain("hunter2");
  expect(message).not.toContain("netra-dev");
});

test("values that can be are secrets of Pulumi's", async () => {
  const [name = ""] = Object.keys(plan.secrets);
  const secrets = read({ [name]: "kR7vq2Zt-kR7vq2Zt" });
  expect(Object.keys(secrets)).toEqual([name]);
  expect(await pulumi.isSecret(pulumi.output(secrets[name]))).toBe(true);
});
