import { describe, expect, test } from "vitest";
import { type Migration, assertOrdered, pendingAfter } from "../../services/migrations/migration.ts";
import { migrations } from "../../services/migrations/sql/index.ts";

const migration = (version: string): Migration => ({ version, title: version, sql: "" });
const three = [migration("0001"), migration("0002"), migration("0003")];

describe("the order of migrations", () => {
  test("the released ones are in order", () => {
    expect(() => assertOrdered(migrations)).not.toThrow();
  });

  test.each([
    ["a gap", ["0001", "0003"]],
    ["a repetition", ["0001", "0001"]],
    ["a wrong order", ["0002", "0001"]],
    ["another form", ["1"]],
  ])("%s is refused", (_case, versions) => {
    expect(() => assertOrdered(versions.map(migration))).toThrow(/stands where 000\d is expected/);
  });

  test("a new database needs all, another what comes after its version", () => {
    expect(pendingAfter(three, undefined)).toEqual(three);
    expect(pendingAfter(three, "0001").map(({ version }) => version)).toEqual(["0002", "0003"]);
    expect(pendingAfter(three, "0003")).toEqual([]);
  });

  test("a database that is ahead is left alone", () => {
    expect(() => pendingAfter(three, "0004")).toThrow("at version 0004, which this program does not know");
  });
});
