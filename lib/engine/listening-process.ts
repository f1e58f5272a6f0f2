import { readdir, readFile, readlink } from "node:fs/promises";

/**
 * The process that listens on a port of this machine: "node (pid 4711)". Read from Linux's /proc, as far as this user
 * may; undefined elsewhere, and for a process of somebody else.
 */
export async function listeningProcess(
  port: number,
  protocol: "tcp" | "udp" = "tcp",
): Promise<string | undefined> {
  const sockets = new Set([...(await listeners(protocol, port)), ...(await listeners(`${protocol}6`, port))]);
  if (sockets.size === 0) return undefined;
  for (const pid of await entries("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const descriptor of await entries(`/proc/${pid}/fd`)) {
      const socket = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(gone);
      if (socket !== undefined && sockets.has(socket)) return `${await commandOf(pid)} (pid ${pid})`;
    }
  }
  return undefined;
}

/** The sockets that listen on a port, as the links of /proc name them. A line: `sl local rem st … uid timeout inode`. */
async function listeners(family: "tcp" | "tcp6" | "udp" | "udp6", port: number): Promise<string[]> {
  const table = (await readFile(`/proc/net/${family}`, "utf8").catch(gone)) ?? "";
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === (family.startsWith("udp") ? unconnected : listening) && local.endsWith(suffix) && inode
      ? [`socket:[${inode}]`]
      : [];
  });
}

const listening = "0A";
/** A socket of UDP that takes what anybody sends. */
const unconnected = "07";

async function commandOf(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(gone))?.trim() ?? "a process";
}

async function entries(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(gone)) ?? [];
}

/** A process that has ended meanwhile, one of another user, another system than Linux: nothing to know. */
function gone(): undefined {
  return undefined;
}
