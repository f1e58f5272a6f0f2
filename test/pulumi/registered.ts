import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The URNs that it waits for, by dependsOn or by an input. */
  readonly dependencies: readonly string[];
  /** Its beginning and its end in the order of all beginnings and ends. */
  readonly began: number;
  readonly ended: number;
}

export const gateType = "pulumi-nodejs:dynamic/phasegate:PhaseGate";
export const readinessType = "pulumi-nodejs:dynamic/phasegate:ServiceReadiness";
export const containerType = "docker:index/container:Container";

/** Deploys a stack of this project against Pulumi's mocks. */
export async function deployMocked(stack: string): Promise<readonly Registered[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["test/pulumi/mocked-stack.ts", stack], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Registered[];
}
