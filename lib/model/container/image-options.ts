/** Which image a service runs of those that a reference may mean, and when it is pulled. */
import { z } from "zod";
import { textThat } from "../../core/schema-parts.ts";
import type { ReportWithin } from "./report-within.ts";

const pullPolicies = ["missing", "always", "never"] as const;

/**
 * When an image is pulled, as in compose (`pull_policy`): "missing" when it is not on the engine; "always" by each `up` for which
 * the registry has another one, which replaces the container; "never" uses what is there.
 */
export type PullPolicy = (typeof pullPolicies)[number];

/** What every service may say of its image. */
export interface ImageOptions {
  /** When the image is pulled. Not for one that is built. Default "missing". */
  readonly pull?: PullPolicy;
  /**
   * The platform that the image is for: "linux/arm64". It is pulled, or built of a Dockerfile, for that, and the engine
   * must be able to run it. A change replaces the container. Default: the engine's own.
   */
  readonly platform?: string;
}

/** Accepts what a service says of its image. */
export const declaredImageOptions = {
  pull: z.enum(pullPolicies, { error: `must be one of ${pullPolicies.join(", ")}` }).optional(),
  platform: textThat(
    (text) => /^[a-z0-9]+\/[a-z0-9_]+(?:\/v[0-9]+)?$/.test(text),
    'a platform such as "linux/arm64"',
  ).optional(),
};

/** It in a plan. A policy that is absent is "missing". */
export const imageOptionPlans = {
  pull: z.enum(["always", "never"]).optional(),
  platform: z.string().optional(),
};

/** Reports what an image that is built cannot be. */
export function checkImageOptions(
  { image, pull, platform }: ImageOptions & { readonly image?: string | object },
  report: ReportWithin,
): void {
  if (typeof image !== "object") return;
  if (pull !== undefined && pull !== "missing")
    report(["pull"], "is of an image that a registry has, and this one is built from the project's source");
  if (platform !== undefined && "bundle" in image)
    report(
      ["platform"],
      "an image of bundle() is for the engine's own platform: write a Dockerfile for another",
    );
}

export function resolveImageOptions({ pull = "missing", platform }: ImageOptions) {
  return {
    ...(pull !== "missing" && { pull }),
    ...(platform !== undefined && { platform }),
  };
}
