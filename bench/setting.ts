import type Docker from "dockerode";
import { runCommand } from "./command.ts";
import type { Compose } from "./compose.ts";
import type { Machine } from "./machine.ts";
import { describeMachine } from "./machine.ts";

/** What was measured on, with what. */
export interface Setting {
  readonly machine: Machine;
  readonly pulumi: string;
  /** The version of the compose that phasegate is compared with. */
  readonly compose: string | undefined;
  /** How busy the machine was before the first run, 0 to 1. */
  readonly busyBefore: number;
}

export async function describeSetting(
  docker: Docker,
  compose: Compose | undefined,
  busyBefore: number,
  signal: AbortSignal,
): Promise<Setting> {
  const here = { cwd: process.cwd(), env: process.env, signal };
  const { stdout } = await runCommand("pulumi", ["version"], here);
  const pulumi = stdout.trim().replace(/^v/, "");
  return { machine: await describeMachine(docker), pulumi, compose: compose?.version, busyBefore };
}

/** In a line. */
export function settingText({ machine, pulumi, compose, busyBefore }: Setting): string {
  const { processors, model, memoryGib, kernel, engine, node } = machine;
  const parts = [
    `${processors} processors (${model})`,
    `${memoryGib} GiB`,
    `Linux ${kernel}`,
    `engine ${engine}`,
    `Node.js ${node}`,
    `Pulumi ${pulumi}`,
    compose === undefined ? "no compose" : `Compose ${compose}`,
  ];
  return `${parts.join(", ")}; ${Math.round(busyBefore * 100)} % busy before.`;
}
