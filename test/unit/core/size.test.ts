import { expect, test } from "vitest";
import { sizeBytes } from "../../../lib/core/size.ts";

test("amounts are counted in powers of 1024", () => {
  expect(["1kb", "64mb", "1.5gb", "2gb"].map(sizeBytes)).toEqual([
    1024, 67_108_864, 1_610_612_736, 2_147_483_648,
  ]);
});

test.for(["64m", "64 mb", "-1kb", "mb", ""])("%j is no amount", (text) => {
  expect(() => sizeBytes(text)).toThrow(new RangeError(`"${text}" is no size`));
});
