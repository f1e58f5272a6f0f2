import { fork } from "node:child_process";
import { once } from "node:events";
import type { LifecyclePlan } from "../../lib/model/plan.ts";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly deleteBeforeReplace: boolean;
  readonly replaceOnChanges: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The URNs under which it may stand in the state. */
  readonly aliases: readonly string[];
  /** The URNs that it waits for, by dependsOn or by an input. */
  readonly dependencies: readonly string[];
  /** Its beginning and its end in the order of all beginnings and ends. */
  readonly began: number;
  readonly ended: number;
}

export const gateType = "pulumi-nodejs:dynamic/phasegate:PhaseGate";
export const edgesType = "pulumi-nodejs:dynamic/phasegate:PhaseEdges";
export const readinessType = "pulumi-nodejs:dynamic/phasegate:ServiceReadiness";
export const imageType = "pulumi-nodejs:dynamic/phasegate:PreparedImage";
export const containerType = "docker:index/container:Container";

/**
 * Deploys a stack of this project, with other parts of its plan where they are given, against Pulumi's mocks. The resources come as a message: what the program
 * writes for people goes to the process's own output.
 */
export async function deployMocked(
  stack: string,
  other: Partial<LifecyclePlan> = {},
): Promise<readonly Registered[]> {
  const program = fork("test/pulumi/mocked-stack.ts", [stack, JSON.stringify(other)], {
    stdio: "pipe",
    execArgv: [],
  });
  let output = "";
  for (const stream of [program.stdout, program.stderr])
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  let resources: readonly Registered[] | undefined;
  program.on("message", (message) => (resources = message as readonly Registered[]));
  const [code] = (await once(program, "close")) as [number | null];
  if (code !== 0 || resources === undefined)
    throw new Error(`the mocked program of ${stack} ended with ${code}:\n${output}`);
  return resources;
}
