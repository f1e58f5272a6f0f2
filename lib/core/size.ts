import { z } from "zod";
import { shortened } from "./zod-problems.ts";

/** An amount of memory or disk: "512mb". The units are powers of 1024, as the container engine's are. */
export type Size = `${number}${SizeUnit}`;

const unitBytes = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 } as const;
type SizeUnit = keyof typeof unitBytes;

const sizePattern = /^(\d{1,9}(?:\.\d{1,3})?)(kb|mb|gb)$/;

/**
 * An amount in bytes.
 * @throws RangeError for what is no size, which is a bug: what people write has been checked before
 * @example sizeBytes("64mb") // 67108864
 */
export function sizeBytes(size: string): number {
  const [, number, unit] = sizePattern.exec(size) ?? [];
  if (number === undefined || unit === undefined) throw new RangeError(`"${size}" is no size`);
  return Number(number) * unitBytes[unit as SizeUnit];
}

/** An amount in MiB, in which the container engine's resources count. */
export function sizeMib(size: string): number {
  return sizeBytes(size) / unitBytes.mb;
}

/** An amount of a plan. */
export const sizeSchema = z.string().regex(sizePattern) as unknown as z.ZodType<Size>;

/**
 * An amount in whole megabytes, as people write it.
 * @param least the least that is allowed
 * @param example stands in the message
 */
export function wholeMegabytes(least: Size, example: Size): z.ZodType<Size> {
  const isFit = (value: unknown) =>
    typeof value === "string" &&
    sizePattern.test(value) &&
    Number.isInteger(sizeMib(value)) &&
    sizeBytes(value) >= sizeBytes(least);
  return z.custom<Size>(isFit, {
    error: ({ input }) => {
      const what = `a size in whole megabytes from "${least}" on, such as "${example}"`;
      return typeof input === "string" && input !== ""
        ? `"${shortened(input)}" is not ${what}`
        : `must be ${what}`;
    },
  });
}
