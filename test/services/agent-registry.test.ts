import type { QueryResultRow } from "pg";
import { describe, expect, test } from "vitest";
import { createAgentRegistry } from "../../services/backend/agent-registry.ts";
import { skills } from "../../services/backend/agent-skills.ts";
import { agents as agentsMigration } from "../../services/migrations/sql/0002-agents.ts";

function registryOf(rows: readonly object[]) {
  const table = { rows };
  const registry = createAgentRegistry({
    query: async <Row extends QueryResultRow>() => table.rows as readonly Row[],
  });
  return { table, registry };
}

const echo = { name: "parrot", skill: "echo", description: "Answers with what it was asked." };

describe("the agent registry", () => {
  test("holds what the table holds, and answers by the skill", async () => {
    const { registry } = registryOf([echo]);
    await registry.load();
    expect(registry.list().map(({ name }) => name)).toEqual(["parrot"]);
    expect(registry.find("parrot")?.answer("hello")).toBe("hello");
    expect(registry.find("nobody")).toBeUndefined();
  });

  test("an empty table is a failure", async () => {
    await expect(registryOf([]).registry.load()).rejects.toThrow("the table agents has no enabled agent");
  });

  test.each(["fly", "toString", "__proto__"])(
    "the unknown skill %s is a failure that names the agent",
    async (skill) => {
      await expect(registryOf([{ ...echo, skill }]).registry.load()).rejects.toThrow(
        `agent parrot has the skill "${skill}", which this version lacks`,
      );
    },
  );

  test("a failed load keeps the agents of the last good one", async () => {
    const { table, registry } = registryOf([echo]);
    await registry.load();
    table.rows = [];
    await expect(registry.load()).rejects.toThrow();
    expect(registry.find("parrot")).toBeDefined();
  });

  test("a load takes over what has changed in the table", async () => {
    const { table, registry } = registryOf([echo]);
    await registry.load();
    table.rows = [{ ...echo, name: "starling" }];
    await registry.load();
    expect(registry.find("parrot")).toBeUndefined();
    expect(registry.find("starling")).toBeDefined();
  });
});

describe("skills", () => {
  test.each([
    ["echo", "One. Two.", "One. Two."],
    ["summarise", "One is first. Two is second.", "One is first."],
    ["summarise", "no full stop", "no full stop"],
    ["summarise", "Version 1.5 is out! Rejoice.", "Version 1.5 is out!"],
    ["count", "the cat and the dog", '5 words, most often "the"'],
    ["count", "…", "0 words"],
  ])("%s: %j gives %j", (skill, input, answer) => {
    expect(skills[skill]?.(input)).toBe(answer);
  });

  test("every skill that the migrations give an agent exists", () => {
    const given = [...agentsMigration.sql.matchAll(/\('[a-z-]+',\s+'([a-z]+)'/g)].map(
      ([, skill]) => skill ?? "",
    );
    expect(given).toHaveLength(3);
    expect(Object.keys(skills)).toEqual(expect.arrayContaining(given));
  });
});
