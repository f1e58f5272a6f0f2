import { expect, test } from "vitest";
import { sharedWork } from "../../../lib/engine/shared-work.ts";

function work() {
  const share = sharedWork<string>();
  const begun: string[] = [];
  const seen: string[] = [];
  const done = Promise.withResolvers<string>();
  const ask = (who: string, key: string) =>
    share(
      key,
      (text) => seen.push(`${who}: ${text}`),
      async (say) => {
        begun.push(key);
        say("begins");
        const result = await done.promise;
        say("ends");
        return result;
      },
    );
  return { ask, begun, seen, done };
}

test("work of one name is done once for all who ask meanwhile, and each sees how it goes", async () => {
  const { ask, begun, seen, done } = work();
  const first = ask("first", "image");
  await Promise.resolve();
  const second = ask("second", "image");
  done.resolve("built");
  expect(await Promise.all([first, second])).toEqual(["built", "built"]);
  expect(begun).toEqual(["image"]);
  expect(seen).toEqual(["first: begins", "second: begins", "first: ends", "second: ends"]);
});

test("work of another name is another's", async () => {
  const { ask, begun, done } = work();
  const both = Promise.all([ask("first", "one"), ask("second", "two")]);
  done.resolve("built");
  await both;
  expect(begun).toEqual(["one", "two"]);
});

test("a failure reaches all who waited, and the next one tries again", async () => {
  const { ask, begun, done } = work();
  const both = [ask("first", "image"), ask("second", "image")];
  done.reject(new Error("no space left"));
  for (const one of both) await expect(one).rejects.toThrow("no space left");
  await expect(ask("third", "image")).rejects.toThrow("no space left");
  expect(begun).toEqual(["image", "image"]);
});
