import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Writing } from "../../../lib/history/writing.ts";
import { writing } from "../../../lib/history/writing.ts";

let database: DatabaseSync;
let later: (() => void)[];
let done: string[];
let writes: Writing;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  later = [];
  done = [];
  writes = writing(
    database,
    () => undefined,
    (work) => later.push(work),
  );
});
afterEach(() => database.close());

const write = (what: string, subject?: string) => writes.write(() => done.push(what), subject);

test("what is written in one moment is done together, once", () => {
  write("a");
  write("b");
  expect(done).toEqual([]);
  expect(later).toHaveLength(1);
  later[0]?.();
  expect(done).toEqual(["a", "b"]);
  writes.flush();
  expect(done).toEqual(["a", "b"]);
});

test("of a subject only the last work is done, in its order among the others", () => {
  write("incident 1, open", "incident 1");
  write("a transition");
  write("incident 1, closed", "incident 1");
  write("incident 2", "incident 2");
  expect(later).toHaveLength(1);
  later[0]?.();
  expect(done).toEqual(["a transition", "incident 1, closed", "incident 2"]);
  write("incident 1, seen again", "incident 1");
  writes.flush();
  expect(done.at(-1)).toBe("incident 1, seen again");
});
