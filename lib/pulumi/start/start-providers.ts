import { setTimeout as passed } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** Pulumi's call needs some turns of the event loop until it is on its way, and loading modules leaves none. */
const untilSentMs = 10;

/**
 * Has Pulumi start the provider of dynamic resources now. It starts a provider when it is first asked for, which otherwise is when
 * the program has been loaded and the engine has been asked; this one is a process of Node.js, and takes some tenths of a second.
 */
export async function startDynamicProvider(): Promise<void> {
  start("pulumi-nodejs", {});
  await passed(untilSentMs);
}

/**
 * The same for Docker's provider. Where no engine can be reached it tries for many seconds, and an `up` would wait for it; the
 * preflight ends such an `up` at once.
 * @param answered an answer of the engine. It may fail: then nothing is started.
 */
export async function startDockerProvider(answered: Promise<unknown>): Promise<void> {
  const [{ status }] = await Promise.allSettled([answered]);
  if (status === "rejected") return;
  const { default: docker } = await import("@pulumi/docker/package.json", { with: { type: "json" } });
  start("docker", { version: docker.version });
}

/** No provider knows the function, and what it answers does not matter. */
function start(provider: string, options: pulumi.InvokeOptions): void {
  void pulumi.runtime.invoke(`${provider}:phasegate:start`, {}, options).catch(() => undefined);
}
