import type { IncomingMessage } from "node:http";
import type Docker from "dockerode";
import { answered, unlessMissing } from "./docker-engine.ts";

/** What is at a path of a container's file system. */
export interface PathStat {
  readonly kind: "file" | "directory";
  /** Whether anybody may execute it. */
  readonly executable: boolean;
}

// Bits of Go's os.FileMode, which the engine answers with.
const isDirectory = 2 ** 31;
const isSymbolicLink = 2 ** 27;
const mayExecute = 0o111;

/** What is at a path of a container, running or not; links are followed. Undefined where nothing is. */
export async function pathStat(container: Docker.Container, path: string): Promise<PathStat | undefined> {
  const stat = await statOf(container, path);
  // The engine has followed a link to its end, and says where that is.
  const found = has(stat?.mode, isSymbolicLink) ? await statOf(container, stat?.linkTarget ?? "") : stat;
  if (found === undefined) return undefined;
  return {
    kind: has(found.mode, isDirectory) ? "directory" : "file",
    executable: has(found.mode, mayExecute),
  };
}

interface EngineStat {
  readonly mode: number;
  readonly linkTarget: string;
}

async function statOf(container: Docker.Container, path: string): Promise<EngineStat | undefined> {
  const response: unknown = await unlessMissing(answered(container.infoArchive({ path })));
  if (response === undefined) return undefined;
  const header = String((response as IncomingMessage).headers["x-docker-container-path-stat"]);
  return JSON.parse(Buffer.from(header, "base64").toString("utf8")) as EngineStat;
}

/** The highest bits do not fit the operators, which work on 32 bits with a sign. */
function has(mode: number | undefined, bits: number): boolean {
  return mode !== undefined && (BigInt(mode) & BigInt(bits)) !== 0n;
}
