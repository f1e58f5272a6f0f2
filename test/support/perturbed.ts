import { isDuration } from "../../lib/core/duration.ts";
import type { Json } from "../../lib/core/json.ts";
import { validationLevels } from "../../lib/model/level.ts";
import { isRecord, type Value } from "../../lib/review/differences.ts";

/** The places of a JSON value that hold no further members. An array is one value. */
export function leaves(value: Value, path: readonly string[] = []): (readonly string[])[] {
  if (!isRecord(value) || Object.keys(value).length === 0) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

/** A copy of a JSON value with another one at a path. */
export function replaced(value: Json, [key, ...rest]: readonly string[], other: Json): Json {
  if (key === undefined) return other;
  const members = isRecord(value) ? value : {};
  return { ...members, [key]: replaced(members[key] ?? {}, rest, other) };
}

/** Values that differ from one and may be as good: the first that is accepted is the one to try. */
export function otherValues(value: Value): Json[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value + 7, value / 2];
  if (typeof value === "string") {
    if (isDuration(value)) return ["7.7s", "77m"];
    if (/^\d+mb$/.test(value)) return ["77mb"];
    if (/^[0-7]{4}$/.test(value)) return ["0711"];
    if (value === "udp") return ["tcp"];
    if (/^127\.[\d.]+$/.test(value)) return ["127.0.0.9"];
    const levels = validationLevels.filter((level) => level !== value);
    return levels.length < validationLevels.length
      ? [...levels]
      : [
          "job",
          "ignore",
          "restart",
          "everyUp",
          "whenChanged",
          "0 4 * * *",
          "run",
          `${value}x`,
          "SIGINT",
          "10.0.0.9",
          "r",
          2,
        ].filter((other) => other !== value);
  }
  if (!Array.isArray(value)) return [];
  const parts: readonly Json[] = value;
  const renamed = parts.map((part) =>
    isRecord(part) && typeof part["secret"] === "string" ? { ...part, secret: `${part["secret"]}x` } : part,
  );
  return JSON.stringify(renamed) === JSON.stringify(parts)
    ? [
        [...parts, "x"],
        [...parts, 299],
        [...parts, "10.0.0.9"],
        [...parts, "CHOWN"],
        ["CHOWN"],
        [...parts, "label=disable"],
      ]
    : [renamed];
}
