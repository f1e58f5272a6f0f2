const units = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 } as const;

/** The bytes in a size as compose files have them, "512m" or "1.5GB"; undefined where the text is none. */
export function composeBytes(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const [, amount, unit = "b"] =
    /^(\d+(?:\.\d+)?) ?([bkmgtp])?i?b?$/i.exec(typeof value === "string" ? value : "") ?? [];
  if (amount === undefined) return undefined;
  return Math.floor(Number(amount) * 1024 ** units[unit.toLowerCase() as keyof typeof units]);
}

/** A size as declarations have it, in the largest unit that it is whole in; undefined where that is less than a kilobyte. */
export function sizeText(bytes: number): `${number}${"kb" | "mb" | "gb"}` | undefined {
  if (!Number.isInteger(bytes) || bytes <= 0) return undefined;
  for (const [unit, size] of [
    ["gb", 1024 ** 3],
    ["mb", 1024 ** 2],
    ["kb", 1024],
  ] as const)
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  return undefined;
}
