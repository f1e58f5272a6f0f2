import { z } from "zod";
import { errorText } from "../core/errors.ts";
import type { KeptSecrets } from "./desired-store.ts";
import type { Seal } from "./sealing.ts";
import { sealWith } from "./sealing.ts";

/** Between the secrets of a service and what stands of them in its row. */
export interface SecretSealing {
  /** Why nothing can be sealed or opened; undefined when it can. */
  readonly keyProblem: string | undefined;
  /** What a row holds of these secrets: see DesiredRow. */
  sealed(service: string, secrets: Readonly<Record<string, string>>): Uint8Array | undefined;
  /** The secrets of a row; where they are missing, why. */
  opened(
    service: string,
    sealed: Uint8Array | undefined,
  ): { readonly secrets: KeptSecrets; readonly why?: string | undefined };
}

const secretsSchema = z.record(z.string(), z.string());

/** @param key that of the seal, as `sealWith` takes it; undefined where the coordinator was given none */
export function secretSealing(key: string | undefined): SecretSealing {
  const { seal, keyProblem } = usableSeal(key);
  return {
    keyProblem,
    sealed: (service, secrets) => {
      if (Object.keys(secrets).length === 0) return undefined;
      return seal ? seal.seal(JSON.stringify(secrets), service) : new Uint8Array();
    },
    opened: (service, sealed) => {
      if (sealed === undefined) return { secrets: {} };
      if (sealed.length === 0) return { secrets: "sealed", why: "they were kept in memory only" };
      if (seal === undefined) return { secrets: "sealed", why: keyProblem };
      try {
        return { secrets: parsed(seal.open(sealed, service)) };
      } catch (error) {
        return { secrets: "sealed", why: errorText(error) };
      }
    },
  };
}

/** The error of a parser quotes what it could not read: it must not be passed on. */
function parsed(json: string): Readonly<Record<string, string>> {
  try {
    return secretsSchema.parse(JSON.parse(json));
  } catch {
    throw new Error("it is sealed in a way that this coordinator does not know");
  }
}

type UsableSeal =
  | { readonly seal: Seal; readonly keyProblem: undefined }
  | { readonly seal: undefined; readonly keyProblem: string };

function usableSeal(key: string | undefined): UsableSeal {
  if (key === undefined)
    return { seal: undefined, keyProblem: "the coordinator was given no key to seal them with" };
  try {
    return { seal: sealWith(key), keyProblem: undefined };
  } catch (error) {
    return { seal: undefined, keyProblem: errorText(error) };
  }
}
