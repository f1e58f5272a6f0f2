import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type Docker from "dockerode";
import { rootPrefix } from "../../../tools/setup/apt.ts";

/** A volume on a disk of its own, which can be filled. */
export interface SmallDisk {
  fill(): void;
  free(): void;
  /** Takes the disk away from the volume: before that is removed. */
  remove(): void;
}

/**
 * Makes a volume of `mib` MiB. A volume with options of its own would be another than the one that the stack declares, so the
 * disk is mounted over its folder. Undefined where the engine is not on this machine, or that needs somebody's password.
 */
export async function smallDisk(
  docker: Docker,
  { volume, stack, mib }: { readonly volume: string; readonly stack: string; readonly mib: number },
): Promise<SmallDisk | undefined> {
  const root = await rootPrefix();
  if (root === undefined || process.platform !== "linux") return undefined;
  await docker.createVolume({ Name: volume, Labels: { "phasegate.stack": stack } });
  const { Mountpoint: folder } = await docker.getVolume(volume).inspect();
  const mount = ["mount", "-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", folder];
  if (!succeeds(root, "test", "-d", folder) || !succeeds(root, ...mount)) return undefined;
  const file = join(folder, "everything-else");
  return {
    // It ends when there is no room any more.
    fill: () => void succeeds(root, "dd", "if=/dev/zero", `of=${file}`, "bs=64k"),
    free: () => void succeeds(root, "rm", "-f", file),
    remove: () => void succeeds(root, "umount", folder),
  };
}

/** Takes away the disk that an interrupted test has left under a volume. */
export async function removeSmallDisk(docker: Docker, volume: string): Promise<void> {
  const root = await rootPrefix();
  const info = await docker
    .getVolume(volume)
    .inspect()
    .catch(() => undefined);
  if (info !== undefined && root !== undefined) succeeds(root, "umount", info.Mountpoint);
}

function succeeds(root: readonly string[], ...command: readonly string[]): boolean {
  const [file = "", ...args] = [...root, ...command];
  try {
    execFileSync(file, args, { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}
