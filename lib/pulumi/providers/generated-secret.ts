import { randomBytes } from "node:crypto";
import type { dynamic } from "@pulumi/pulumi";
import { answered, dockerClient, unlessMissing } from "../../engine/docker-engine.ts";
import { lostSecret } from "../../model/lost-secret.ts";
import { shown } from "./shown.ts";

/** The inputs of the resource GeneratedSecret. */
export interface GeneratedSecretInputs {
  readonly stack: string;
  readonly host: string | undefined;
  /** The engine's volumes whose data keeps the secret: see lib/model/kept-passwords.ts. */
  readonly volumes: readonly string[];
  /** How many random bytes it is made of. Default: 24. */
  readonly bytes?: number;
}

interface Inputs extends GeneratedSecretInputs {
  /** The secret's name. */
  readonly secret: string;
}

/** @throws PhasegateError PHASEGATE_SECRET_LOST */
export async function create(inputs: Inputs): Promise<dynamic.CreateResult> {
  await shown(refuseLostSecret(inputs));
  const value = randomBytes(inputs.bytes ?? 24).toString("base64url");
  return { id: inputs.secret, outs: { ...inputs, value } };
}

async function refuseLostSecret({ secret, stack, volumes, host }: Inputs): Promise<void> {
  const docker = dockerClient(host);
  const found = await Promise.all(
    volumes.map((volume) => unlessMissing(answered(docker.getVolume(volume).inspect()))),
  );
  const [kept] = found.flatMap((volume) => volume?.Name ?? []);
  if (kept !== undefined) throw lostSecret(secret, kept, stack);
}

/** Its value is made up once: whatever else is to be said of it now changes nothing. */
export async function diff(): Promise<dynamic.DiffResult> {
  return { changes: false };
}
