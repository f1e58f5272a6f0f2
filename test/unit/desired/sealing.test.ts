import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealWith } from "../../../lib/desired/sealing.ts";
import { thrownBy } from "../../support/thrown.ts";

const key = randomBytes(32).toString("base64");
const { seal, open } = sealWith(key);
const closed = "the key of the seal does not open it";

test("what is sealed is opened with the same key, for the same subject", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, subject) => {
      expect(open(seal(text, subject), subject)).toBe(text);
      expect(sealWith(key).open(seal(text, subject), subject)).toBe(text);
    }),
  );
});

test("a seal is another each time: its IV is", () => {
  const seals = Array.from({ length: 1000 }, () => Buffer.from(seal("the same", "redis")));
  expect(new Set(seals.map((one) => one.subarray(1, 13).toString("hex"))).size).toBe(1000);
  expect(new Set(seals.map((one) => one.subarray(29).toString("hex"))).size).toBe(1000);
});

test.each([
  ["another key", () => sealWith(randomBytes(32).toString("base64")).open(seal("s3cret", "redis"), "redis")],
  ["another subject", () => open(seal("s3cret", "redis"), "postgres")],
])("%s does not open it", (_, opened) => {
  expect(opened).toThrow(new Error(closed));
});

test("no byte of it can be changed, and none left out", () => {
  const sealed = seal("s3cret", "redis");
  for (let i = 0; i < sealed.length; i++) {
    const changed = Uint8Array.from(sealed);
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(
      thrownBy(() => open(changed, "redis")),
      `byte ${i}`,
    ).toBe(i === 0 ? "it is sealed in a way that this coordinator does not know" : closed);
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(
      thrownBy(() => open(sealed.subarray(0, length), "redis")),
      `length ${length}`,
    ).toBe(length < 29 ? "what is sealed is cut short" : closed);
  }
});

describe("a key", () => {
  test("is 32 bytes, in base64 or base64url", () => {
    const bytes = Buffer.alloc(32, 0xfb);
    const sealed = sealWith(bytes.toString("base64")).seal("s3cret", "redis");
    expect(sealWith(bytes.toString("base64url")).open(sealed, "redis")).toBe("s3cret");
  });

  test.each([
    ["empty", ""],
    ["too short", randomBytes(31).toString("base64")],
    ["too long", randomBytes(33).toString("base64")],
    ["no base64", `${key.slice(0, 20)} ${key.slice(21)}`],
    ["in hexadecimal digits", randomBytes(32).toString("hex")],
  ])("that is %s is refused, and not shown", (_, wrong) => {
    expect(() => sealWith(wrong)).toThrow(new Error("the key of the seal is not 32 bytes in base64"));
  });
});
