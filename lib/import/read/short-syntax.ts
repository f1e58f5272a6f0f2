/** The ways of writing ports and volumes in one line. */

/** A port of a container, and where it is published. */
export interface Port {
  readonly target: number;
  /** The port on the host, or a range to choose from. Absent: any. */
  readonly published?: string;
  readonly ip?: string;
  readonly protocol: string;
  readonly appProtocol?: string;
}

const portPattern =
  /^(?:(?:(?<ip>\[[0-9a-fA-F:.]+\]|[0-9.]+):)?(?<host>\d+(?:-\d+)?)?:)?(?<target>\d+(?:-\d+)?)(?:\/(?<protocol>tcp|udp|sctp))?$/;
/** The most ports that a range may come to. */
const maxRange = 100;

/**
 * Reads "8080:80", "127.0.0.1:8080:80/udp", "3000-3002:3000-3002".
 * @returns a port for each of a range, or, where the text is none, what is wrong with it
 */
export function parsePorts(line: string): readonly Port[] | string {
  const parts = portPattern.exec(line)?.groups;
  const target = range(parts?.["target"]);
  if (parts === undefined || target === undefined)
    return "must be a port such as 80, 8080:80 or 127.0.0.1:8080:80/udp";
  const host = parts["host"] === undefined ? undefined : range(parts["host"]);
  const size = target.last - target.first;
  if (size < 0 || size >= maxRange) return `a range has from 1 to ${maxRange} ports`;
  if (host !== undefined && host.last - host.first !== size && size > 0)
    return "the two ranges are not of the same size";
  return Array.from({ length: size + 1 }, (_, i) => ({
    target: target.first + i,
    ...(host && { published: size > 0 ? String(host.first + i) : (parts["host"] ?? "") }),
    ...(parts["ip"] !== undefined && { ip: parts["ip"] }),
    protocol: parts["protocol"] ?? "tcp",
  }));
}

function range(text: string | undefined): { first: number; last: number } | undefined {
  const [first = NaN, last = first] = (text ?? "").split("-").map(Number);
  return [first, last].every((port) => Number.isInteger(port) && port > 0 && port < 65_536)
    ? { first, last }
    : undefined;
}

/** Something mounted in a container. */
export interface Mount {
  readonly type: string;
  /** The volume's name, or the path on the host. Absent: a volume of its own, without a name. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Of a file system in memory, as they are written. */
  readonly size?: string;
  readonly mode?: string;
  /** Further options, by their names. */
  readonly others?: readonly string[];
  /** What is there on the host: found out while the project is read. Absent: nothing, or it may not be looked at. */
  readonly hostKind?: "file" | "folder";
}

const usual = new Set(["rw", "ro", "z", "Z", "cached", "delegated", "consistent"]);

/** Reads "data:/var/lib/data", "./src:/app:ro", "/cache". @returns the mount, or what is wrong */
export function parseMount(line: string): Mount | string {
  // A drive letter's colon separates nothing.
  const parts = line.split(/(?<!^[a-zA-Z]):/);
  const [first = "", second, mode = "", ...more] = parts;
  if (first === "" || more.length > 0) return "must be a volume such as data:/data, ./src:/app:ro or /cache";
  if (second === undefined) return { type: "volume", target: first, readOnly: false };
  const bind = /^(?:[./~\\]|[a-zA-Z]:)/.test(first);
  const modes = mode.split(",").filter((one) => one !== "");
  const others = modes.filter((one) => !usual.has(one));
  return {
    type: bind ? "bind" : "volume",
    source: first,
    target: second,
    readOnly: modes.includes("ro"),
    ...(others.length > 0 && { others }),
  };
}

/** Reads "/run:size=64m,mode=1777", as the attribute tmpfs has it. */
export function parseTmpfs(line: string): Mount {
  const [target = "", options = ""] = line.split(":");
  const said = options.split(",").filter((one) => one !== "");
  const valueOf = (name: string) => said.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const [size, mode] = [valueOf("size"), valueOf("mode")];
  const others = said.filter((one) => !/^(?:size=|mode=|rw$|noexec$|nosuid$|nodev$)/.test(one));
  return {
    type: "tmpfs",
    target,
    readOnly: false,
    ...(size !== undefined && { size }),
    ...(mode !== undefined && { mode }),
    ...(others.length > 0 && { others }),
  };
}
