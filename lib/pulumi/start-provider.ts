import * as pulumi from "@pulumi/pulumi";

/**
 * Has Pulumi start the provider of dynamic resources now. It starts a provider when it is first asked for, which otherwise is when
 * the program has been loaded and the engine has been asked; this one is a process of Node.js, and takes half a second. It
 * does not know the function that is asked for, and what it answers does not matter. Docker's provider, which is soon there, is
 * not called: where no engine can be reached it tries for many seconds, and an `up` would wait for it.
 */
export function startProvider(): void {
  void pulumi.runtime.invoke("pulumi-nodejs:phasegate:start", {}).catch(() => undefined);
}
