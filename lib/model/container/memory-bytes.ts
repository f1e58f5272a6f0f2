const factors = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

/**
 * The bytes in an amount of memory.
 * @throws RangeError when the text is none; declarations are validated before
 * @example memoryBytes("64mb") // 67108864
 */
export function memoryBytes(size: string): number {
  const [, amount, unit] = /^(\d+)(kb|mb|gb)$/.exec(size) ?? [];
  if (amount === undefined) throw new RangeError(`"${size}" is not an amount of memory`);
  return Number(amount) * factors[unit as keyof typeof factors];
}
