import type { Calibration } from "../history/calibrate.ts";
import { durationMs } from "../core/duration.ts";
import { unifiedDiff } from "../core/unified-diff.ts";
import type { DeclarationSource, DeclaredTimeout } from "./declared-timeouts.ts";

/** A file of declarations with other timeouts. */
export interface PatchedFile {
  readonly file: string;
  readonly text: string;
  /** What has changed, for a person and for `git apply`. */
  readonly diff: string;
}

/** What becomes of the files when the proposals are taken, and the proposals that have no place in them. */
export function timeoutPatch(
  sources: readonly DeclarationSource[],
  places: Readonly<Record<string, DeclaredTimeout>>,
  calibrations: readonly Calibration[],
): { readonly files: readonly PatchedFile[]; readonly calibrations: readonly Calibration[] } {
  const placed = calibrations.map((calibration): Calibration => {
    const refused = calibration.proposed === undefined ? undefined : noPlace(places, calibration.phase);
    const { phase, timeout } = calibration;
    return refused === undefined ? calibration : { phase, timeout, refused };
  });
  const edits = placed.flatMap(({ phase, timeout, proposed }) => {
    const place = places[phase];
    if (proposed === undefined || place === undefined || "missing" in place) return [];
    return durationMs(proposed) === durationMs(timeout) ? [] : [{ ...place, proposed }];
  });
  const files = sources.flatMap(({ file, text }) => {
    // From the end to the beginning: no edit moves the place of the next.
    const own = edits.filter((edit) => edit.file === file).sort((a, b) => b.start - a.start);
    const after = own.reduce(
      (rest, { start, end, proposed }) => `${rest.slice(0, start + 1)}${proposed}${rest.slice(end - 1)}`,
      text,
    );
    return after === text ? [] : [{ file, text: after, diff: unifiedDiff(file, text, after) }];
  });
  return { files, calibrations: placed };
}

/** Why a phase's timeout cannot be changed where it is written. */
function noPlace(places: Readonly<Record<string, DeclaredTimeout>>, phase: string): string | undefined {
  const place = places[phase];
  if (place === undefined) return "it is not in the declaration";
  if ("missing" in place) return place.missing;
  const sharing = Object.entries(places).filter(
    ([, other]) => "start" in other && other.file === place.file && other.start === place.start,
  );
  return sharing.length === 1
    ? undefined
    : `${place.file} writes one timeout for ${sharing.map(([name]) => name).join(" and ")}`;
}
