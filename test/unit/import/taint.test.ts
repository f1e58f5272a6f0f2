import { expect, test } from "vitest";
import {
  cleaned,
  fromVariable,
  isTainted,
  originOf,
  originsIn,
  plain,
  shown,
  tainted,
  taintedLike,
} from "../../../lib/import/read/taint.ts";

const secret = fromVariable("DB_PASSWORD", "s-9f2c71");

test("a secret has its real value, and says where it is from", () => {
  expect([plain(secret), originOf(secret), isTainted(secret)]).toEqual(["s-9f2c71", "DB_PASSWORD", true]);
  const url = `postgres://app:${secret}@db`;
  expect([plain(url), originOf(url), originsIn(url)]).toEqual([
    "postgres://app:s-9f2c71@db",
    undefined,
    ["DB_PASSWORD"],
  ]);
});

test("is shown by the variable's name", () => {
  expect(shown(`-a ${secret} ping`)).toBe("-a ${DB_PASSWORD} ping");
});

test("an empty text, a switch and a path are no secrets, nor is what another variable holds", () => {
  for (const [variable, text] of [
    ["DB_PASSWORD", ""],
    ["DB_PASSWORD", "true"],
    ["DB_PASSWORD", "/run/secrets/pw"],
    ["TOKEN_PORT", "8081"],
    ["MODE", "fast"],
  ] as const)
    expect(fromVariable(variable, text)).toBe(text);
});

test("what is a secret as a whole keeps its first origin; what holds one gets its own", () => {
  expect(originOf(fromVariable("OTHER_TOKEN", secret))).toBe("DB_PASSWORD");
  const around = fromVariable("OTHER_TOKEN", `x-${secret}`);
  expect([originOf(around), plain(around)]).toEqual(["OTHER_TOKEN", "x-s-9f2c71"]);
});

test("a part of a secret is one", () => {
  expect(originOf(taintedLike(`a:${secret}`, "a"))).toBe("DB_PASSWORD");
  expect(taintedLike("a:b", "a")).toBe("a");
});

test("no text from outside can say that it is one", () => {
  expect(cleaned(tainted("X", "y"))).toBe("Xy");
});
