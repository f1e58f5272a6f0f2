import { errorText } from "../../core/errors.ts";
import { mapValues } from "../../core/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Setup } from "../../history/setup.ts";
import type { Log } from "../log.ts";

/** What containers were made from, asked once of each and remembered. */
export interface RememberedSetups {
  /** Undefined while the engine cannot tell. Never rejects. */
  of(container: string): Promise<Setup | undefined>;
  forget(container: string): void;
}

/** @param fingerprint what is left of every value that may be a secret */
export function rememberedSetups(
  engine: Engine,
  { fingerprint, log }: { readonly fingerprint: (value: string) => string; readonly log: Log },
): RememberedSetups {
  const known = new Map<string, Promise<Setup | undefined>>();

  const ask = async (id: string): Promise<Setup | undefined> => {
    try {
      const origin = await engine.origin(id);
      if (origin !== undefined)
        return {
          image: origin.image,
          imageId: origin.imageId,
          command: fingerprint(JSON.stringify(origin.command)),
          env: mapValues(origin.env, fingerprint),
        };
    } catch (error) {
      log("origin-unknown", { container: id, error: errorText(error) });
    }
    known.delete(id);
    return undefined;
  };

  return {
    of: (id) => {
      const asked = known.get(id) ?? ask(id);
      known.set(id, asked);
      return asked;
    },
    forget: (id) => void known.delete(id),
  };
}
