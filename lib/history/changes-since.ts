import { jsonDifferences } from "../core/json-differences.ts";
import type { LastGood } from "../model/status.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import type { GoodStart, StartedFrom } from "./recorder.ts";
import type { Setup } from "./setup.ts";

/** What is different now from when a service last became ready; undefined when it is not known that it ever did. */
export function changesSince(good: GoodStart | undefined, now: StartedFrom): LastGood | undefined {
  if (good === undefined) return undefined;
  return {
    readyMs: good.readyMs,
    changes: [
      ...(good.setup && now.setup
        ? setupChanges(good.setup, now.setup)
        : ["image, command and environment could not be compared: the engine did not tell them"]),
      ...readinessChanges(good.spec, now.spec),
    ],
  };
}

function setupChanges(before: Setup, after: Setup): string[] {
  return [
    ...imageChange(before, after),
    ...(before.command === after.command ? [] : ["the command has changed"]),
    ...jsonDifferences(before.env, after.env).map(
      ({ path, ...sides }) => `environment: ${path} ${how(sides)}`,
    ),
  ];
}

function imageChange(before: Setup, after: Setup): string[] {
  if (before.image !== after.image) return [`image: ${before.image} → ${after.image}`];
  if (before.imageId === after.imageId) return [];
  return [
    `image: ${after.image} now names another image (${short(before.imageId)} → ${short(after.imageId)})`,
  ];
}

/** An image's id as `docker images` shows it. */
function short(imageId: string): string {
  return imageId.replace(/^sha256:/, "").slice(0, 12);
}

/** Values of variables are known by their fingerprints alone. */
function how({ before, after }: { before: string | undefined; after: string | undefined }): string {
  if (before === undefined) return "was added";
  return after === undefined ? "was removed" : "has another value";
}

function readinessChanges(
  { probes: probesBefore, ...before }: ReadinessSpec,
  { probes: probesAfter, ...after }: ReadinessSpec,
): string[] {
  const names = new Set([...Object.keys(probesBefore), ...Object.keys(probesAfter)]);
  return [
    ...valueChanges("", before, after),
    ...[...names].flatMap((name) => {
      const [probeBefore, probeAfter] = [probesBefore[name], probesAfter[name]];
      if (probeBefore === undefined) return [`probe ${name} was added`];
      if (probeAfter === undefined) return [`probe ${name} was removed`];
      return valueChanges(`probe ${name}: `, probeBefore, probeAfter);
    }),
  ];
}

function valueChanges(of: string, before: unknown, after: unknown): string[] {
  return jsonDifferences(before, after).map(
    ({ path, before, after }) => `${of}${path}: ${shown(before)} → ${shown(after)}`,
  );
}

const longestValue = 80;

/** A text without its quotes, where it reads as well without them. */
function shown(json: string | undefined): string {
  if (json === undefined) return "none";
  const text = /^"[^"\\]*"$/.test(json) ? json.slice(1, -1) : json;
  return text.length > longestValue ? `${text.slice(0, longestValue - 3)}...` : text;
}
