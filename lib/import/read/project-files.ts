import { open, realpath, stat } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { errorText, PhasegateError } from "../../core/errors.ts";

/** The files of a compose project, as far as an import may read them. */
export interface ProjectFiles {
  /**
   * A file's text; undefined where there is none.
   * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when it may not be read, is no file, or is too large
   */
  read(path: string): Promise<string | undefined>;
  /** What is at a path; undefined where there is nothing, or it may not be looked at. */
  kindOf(path: string): Promise<"file" | "folder" | undefined>;
}

/** The most bytes that are read of one file: compose files have some thousands. */
const maxBytes = 1024 * 1024;
/** The most files that one import reads: a file that includes others could go on for ever. */
const maxFiles = 200;

/**
 * Reads files from the disk: regular ones of up to a megabyte, up to 200 of them, and only from the working directory
 * and the directories of the files that were named. A compose file is written by others: it must not choose what is
 * read of this machine.
 */
export function projectFiles(workingDirectory: string, named: readonly string[]): ProjectFiles {
  const roots = [workingDirectory, ...named.map((file) => dirname(resolve(workingDirectory, file)))];
  let opened = 0;
  const isAllowed = async (real: string): Promise<boolean> => {
    const allowed = await Promise.all(roots.map((root) => existing(root)));
    return allowed.some((root) => root !== undefined && isWithin(root, real));
  };
  return {
    async kindOf(path) {
      try {
        const real = await existing(path);
        if (real === undefined || !(await isAllowed(real))) return undefined;
        const status = await stat(real);
        return status.isDirectory() ? "folder" : "file";
      } catch (error) {
        if (error instanceof PhasegateError) return undefined;
        throw error;
      }
    },
    async read(path) {
      const real = await existing(path);
      if (real === undefined) return undefined;
      opened += 1;
      if (opened > maxFiles) throw refused(path, `more than ${maxFiles} files are needed`);
      if (!(await isAllowed(real)))
        throw refused(path, "it lies outside of the project: run the command in a directory that holds it");
      return await readBounded(path, real);
    },
  };
}

async function readBounded(path: string, real: string): Promise<string> {
  // Without blocking: a pipe would wait for somebody to write.
  const file = await open(real, 0x800 /* O_NONBLOCK */);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw refused(path, "it is no file");
    if (status.size > maxBytes) throw refused(path, `it has more than ${maxBytes} bytes`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
    if (bytesRead > maxBytes) throw refused(path, `it has more than ${maxBytes} bytes`);
    if (isUtf16(buffer.subarray(0, bytesRead))) throw refused(path, "it is UTF-16: save it as UTF-8");
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** By the mark at its beginning, or by the zeros that letters of two bytes have. */
function isUtf16([first, second]: Buffer): boolean {
  return (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (first !== undefined && second !== undefined && (first === 0) !== (second === 0))
  );
}

async function existing(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw refused(path, errorText(error), error);
  }
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(root, way) === path);
}

function refused(path: string, why: string, cause?: unknown): PhasegateError {
  return new PhasegateError("PHASEGATE_COMPOSE_INVALID", `${path} is not read: ${why}`, { cause });
}
