import { expect, test } from "vitest";
import { slots } from "../../../../lib/coordinator/containers/slots.ts";
import { settle } from "../../../support/fake-clock.ts";

const forEver = new AbortController().signal;

/** Slots whose takers are noted in the order in which they were let in. */
function noted(atOnce: number) {
  const turns = slots(atOnce);
  const entered: string[] = [];
  const leave = new Map<string, () => void>();
  const take = (name: string, urgent = false, signal = forEver) =>
    turns.take(urgent, signal).then(
      (release) => {
        entered.push(name);
        leave.set(name, release);
      },
      () => void entered.push(`${name} gave up`),
    );
  return { turns, entered, take, leave: (name: string) => leave.get(name)?.() };
}

test("so many are let in, the others in their order as one leaves", async () => {
  const { entered, take, leave } = noted(2);
  for (const name of ["a", "b", "c", "d"]) void take(name);
  await settle();
  expect(entered).toEqual(["a", "b"]);
  leave("b");
  await settle();
  expect(entered).toEqual(["a", "b", "c"]);
});

test("who is urgent goes first", async () => {
  const { entered, take, leave } = noted(1);
  void take("a");
  void take("b");
  void take("c", true);
  await settle();
  leave("a");
  await settle();
  leave("c");
  await settle();
  expect(entered).toEqual(["a", "c", "b"]);
});

test("who is not urgent can be held back", async () => {
  const { turns, entered, take } = noted(2);
  turns.hold(true);
  void take("a");
  void take("b", true);
  await settle();
  expect(entered).toEqual(["b"]);
  turns.hold(false);
  await settle();
  expect(entered).toEqual(["b", "a"]);
});

test("who gives up waiting takes nobody's place", async () => {
  const { entered, take, leave } = noted(1);
  const ending = new AbortController();
  void take("a");
  void take("b", false, ending.signal);
  void take("c");
  await settle();
  ending.abort();
  await settle();
  leave("a");
  await settle();
  expect(entered).toEqual(["a", "b gave up", "c"]);
});
