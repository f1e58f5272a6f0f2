import { dockerClient } from "../engine/docker-engine.ts";
import { preflight } from "./preflight.ts";
import { reported, withoutStackTraces } from "./reported.ts";
import type { StackArgs } from "./stack.ts";
import { Stack } from "./stack.ts";
import { startDockerProvider } from "./start/start-providers.ts";

/** What a program deploys, and where. */
export type Planned = Omit<StackArgs, "found">;

/** @throws pulumi.RunError for every error that is meant for people */
export function deployPlanned(planned: () => Promise<Planned>): Promise<Stack> {
  return reported(async () => {
    const args = await planned();
    void startDockerProvider(dockerClient(args.host).ping());
    const found = await preflight(args.plan, args.host, args.secrets);
    return withoutStackTraces(() => new Stack({ ...args, found }));
  });
}
