import { posix } from "node:path";
import type { Service } from "../service.ts";
import type { Mount } from "./mounts.ts";

/** Takes a problem's place below the service, and its words. */
type Report = (path: readonly PropertyKey[], message: string) => void;

/** One path of a container at which something is put, by the option that says so. */
interface Put {
  readonly at: readonly PropertyKey[];
  readonly path: string;
  readonly mount?: Mount;
  /** Whether it is written into the container before it starts. */
  readonly isWritten: boolean;
}

/** What of a service's volumes, mounts and files cannot be had together. */
export function checkMounts(service: Service, report: Report): void {
  const puts = [...putsOf(service)];
  puts.forEach((put, i) => {
    const { at, path, isWritten } = put;
    for (const other of puts.slice(0, i)) {
      if (other.path === path) {
        report(
          at,
          `${path} is what ${other.isWritten ? "is written at" : "is mounted at"} ${placeOf(other)} already`,
        );
        return;
      }
    }
    for (const other of puts) {
      if (!path.startsWith(`${other.path}/`)) continue;
      if (isFile(other)) report(at, `${path} is inside ${other.path}, which is a file`);
      else if (isWritten && other.mount && "tmpfs" in other.mount)
        report(
          at,
          `would be written before the container starts, and ${other.path} is empty whenever it does`,
        );
      else if (isWritten && other.mount && "hostFolder" in other.mount)
        report(
          at,
          `would be written into the host's folder ${other.mount.hostFolder}, which is mounted at ${other.path}`,
        );
    }
  });
}

function* putsOf({ volumes = {}, mounts = {}, files = {} }: Service): Generator<Put> {
  for (const [name, path] of Object.entries(volumes))
    yield { at: ["volumes", name], path: normal(path), isWritten: false };
  for (const [path, mount] of Object.entries(mounts))
    yield { at: ["mounts", path], path: normal(path), mount, isWritten: "file" in mount };
  for (const path of Object.keys(files)) yield { at: ["files", path], path: normal(path), isWritten: true };
}

function normal(path: string): string {
  return posix.normalize(path).replace(/\/$/, "");
}

function isFile({ mount, isWritten }: Put): boolean {
  return isWritten || (mount !== undefined && "hostFile" in mount);
}

function placeOf({ at: [option = "", key = ""] }: Put): string {
  return `${String(option)}[${JSON.stringify(key)}]`;
}

/** A volume of one service and one that several share must not have the same name on the engine. */
export function checkVolumeNames(services: Readonly<Record<string, Service>>, report: Report): void {
  const own = new Map<string, string>(
    Object.entries(services).flatMap(([service, { volumes = {} }]) =>
      Object.keys(volumes).map(
        (name) => [`${service}-${name}`, `services.${service}.volumes.${name}`] as const,
      ),
    ),
  );
  for (const [service, { mounts = {} }] of Object.entries(services))
    for (const [path, mount] of Object.entries(mounts)) {
      const holder = "volume" in mount ? own.get(mount.volume) : undefined;
      if (holder !== undefined)
        report(
          ["services", service, "mounts", path],
          `${holder} has the same name on the engine: take another`,
        );
    }
}
