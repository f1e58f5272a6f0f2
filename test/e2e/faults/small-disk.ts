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
  const prefix = await rootPrefix();
  if (prefix === undefined || process.platform !== "linux") return undefined;
  const succeeds = (...command: readonly string[]) => {
    const [file = "", ...args] = [...prefix, ...command];
    try {
      execFileSync(file, args, { stdio: "pipe" });
      return true;
    } catch {
      return false;
    }
  };
  await docker.createVolume({ Name: volume, Labels: { "phasegate.stack": stack } });
  const { Mountpoint: folder } = (await docker.getVolume(volume).inspect()) as { Mountpoint: string };
  const mount = ["mount", "-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", folder];
  if (!succeeds("test", "-d", folder) || !succeeds(...mount)) return undefined;
  const file = join(folder, "everything-else");
  return {
    // It ends when there is no room any more.
    fill: () => void succeeds("dd", "if=/dev/zero", `of=${file}`, "bs=64k"),
    free: () => void succeeds("rm", "-f", file),
    remove: () => void succeeds("umount", folder),
  };
}

/** Takes away the disk that an interrupted test has left under a volume. */
export async function removeSmallDisk(docker: Docker, volume: string): Promise<void> {
  const prefix = await rootPrefix();
  const info = await docker
    .getVolume(volume)
    .inspect()
    .catch(() => undefined);
  if (info === undefined || prefix === undefined) return;
  const [file, ...args] = [...prefix, "umount", info.Mountpoint] as [string, ...string[]];
  try {
    execFileSync(file, args, { stdio: "pipe" });
  } catch {
    // There was none.
  }
}
