import type { ContainerFacts, ContainerView } from "../../lib/probe/probe-kind.ts";

/** The facts of a container that runs. */
export const runningFacts: ContainerFacts = {
  running: true,
  paused: false,
  exitCode: 0,
  startedMs: 0,
  health: undefined,
  healthOutput: "",
};

/** A container that runs, has written nothing, and in which every command succeeds without a word; `patch` changes what it does. */
export function containerView({
  state = {},
  lines = [],
  ...patch
}: Partial<Omit<ContainerView, "state">> & {
  readonly state?: Partial<ContainerFacts> | ContainerView["state"];
  readonly lines?: readonly string[];
} = {}): ContainerView {
  return {
    state: typeof state === "function" ? state : async () => ({ ...runningFacts, ...state }),
    output: async () => ({ lines, complete: true }),
    followed: async () => undefined,
    lastLines: async (count) => lines.slice(-count),
    run: async () => ({ exitCode: 0, stdout: "", stderr: "", startError: "" }),
    ...patch,
  };
}
