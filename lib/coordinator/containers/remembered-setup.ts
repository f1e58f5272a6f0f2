import { errorText } from "../../core/errors.ts";
import { mapValues } from "../../core/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Setup } from "../../history/setup.ts";
import type { Log } from "../log.ts";

/**
 * What a container was made from, asked once and remembered: undefined while the engine cannot tell. Never rejects.
 * @param fingerprint what is left of every value that may be a secret
 */
export function rememberedSetup(
  engine: Engine,
  id: string,
  { fingerprint, log }: { readonly fingerprint: (value: string) => string; readonly log: Log },
): () => Promise<Setup | undefined> {
  let known: Setup | undefined;
  let asking: Promise<Setup | undefined> | undefined;

  const ask = async (): Promise<Setup | undefined> => {
    try {
      const origin = await engine.origin(id);
      known = origin && {
        image: origin.image,
        imageId: origin.imageId,
        command: fingerprint(JSON.stringify(origin.command)),
        env: mapValues(origin.env, fingerprint),
      };
    } catch (error) {
      log("origin-unknown", { container: id, error: errorText(error) });
    }
    asking = undefined;
    return known;
  };

  return async () => known ?? (asking ??= ask());
}
