import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { setSecretCommand, stackCommand } from "../../../lib/model/stack-command.ts";

test("a suggested command names the stack", () => {
  expect(stackCommand("dev", "npx phasegate validate redis")).toBe(
    "npx phasegate validate redis --stack dev",
  );
  expect(stackCommand("dev", "npm run up")).toBe("npm run up -- --stack dev");
  expect(stackCommand(undefined, "pulumi up")).toBe("pulumi up");
  expect(setSecretCommand("dev", "token", "shop")).toBe(
    'pulumi config set --secret --path "shop:secrets.token" --stack dev',
  );
});

test("every command that concerns a stack is made by that function", () => {
  const command =
    /\b(npx phasegate (?!import|diff|plan)\w|pulumi (up|preview|destroy|refresh|config set)\b|npm run (up|down)\b)/;
  const made = /(stackCommand|setSecretCommand|upCommand)\(/;
  const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const others = files.flatMap((file) => {
    const code = readFileSync(`lib/${file}`, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    return code
      .split("\n")
      .filter((line) => command.test(line) && !made.test(line))
      .map((line) => `${file}: ${line.trim()}`);
  });
  expect(others).toEqual([]);
});
