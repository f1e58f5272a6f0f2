import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import ignoring from "@balena/dockerignore";
import { errorText } from "../core/errors.ts";
import type { BuildContext, Read } from "../model/sources.ts";

/** One thing of a build's context. */
export interface ContextEntry {
  /** Below the context's folder, with slashes. */
  readonly path: string;
  readonly mode: number;
  /** Where a symbolic link leads. */
  readonly link?: string;
}

// A CommonJS package whose types say that it were an ES module.
const dockerignore = ignoring as unknown as typeof ignoring.default;

/** More than this is not read: a .dockerignore has been forgotten. */
const most = { entries: 20_000, bytes: 512 * 1024 * 1024 };

/**
 * Everything that a build gets of a folder: what its .dockerignore leaves, as Docker has it, with the Dockerfile and the
 * .dockerignore in any case, which the builder reads.
 * @throws Error when the folder or the Dockerfile is not there, or when it is more than any real context
 */
export async function contextEntries(root: string, folder: string, file: string): Promise<ContextEntry[]> {
  const base = resolve(root, folder);
  const ignored = dockerignore({ ignorecase: false });
  const patterns = await readFile(join(base, ".dockerignore"), "utf8").catch(missingIsEmpty);
  ignored.add(patterns);
  // What is below an ignored folder may be meant again by a pattern that begins with "!".
  const meantAgain = /^\s*!/m.test(patterns);
  const always = new Set([file, ".dockerignore"]);
  const entries: ContextEntry[] = [];
  let bytes = 0;
  const walk = async (below: string): Promise<void> => {
    const found = await readdir(join(base, below), { withFileTypes: true });
    for (const one of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === "" ? one.name : `${below}/${one.name}`;
      if (one.isDirectory()) {
        const isNeeded =
          meantAgain || !ignored.ignores(path) || [...always].some((one) => one.startsWith(`${path}/`));
        if (isNeeded) await walk(path);
      } else if (always.has(path) || !ignored.ignores(path)) {
        const { mode, size } = await lstat(join(base, path));
        bytes += size;
        entries.push({
          ...{ path, mode: mode & 0o777 },
          ...(one.isSymbolicLink() && { link: await readlink(join(base, path)) }),
        });
      }
      if (entries.length > most.entries || bytes > most.bytes)
        throw new Error(
          `${folder} has more than ${most.entries} files or 512 MiB: leave out in ${folder}/.dockerignore what the build does not need`,
        );
    }
  };
  await walk("");
  if (!entries.some(({ path }) => path === file)) throw new Error(`there is no file ${file} in ${folder}`);
  return entries;
}

/** The identity of a context: another path, permission or content is another one. */
export async function readContext(root: string, folder: string, file: string): Promise<Read<BuildContext>> {
  try {
    const hash = createHash("sha256");
    for (const { path, mode, link } of await contextEntries(root, folder, file)) {
      const content = link ?? (await readFile(resolve(root, folder, path)));
      hash
        .update(`${path}\0${mode & 0o111 ? "x" : "-"}${link === undefined ? "f" : "l"}${content.length}\0`)
        .update(content);
    }
    // Its parser loads here: only for who builds from Dockerfiles.
    const { baseImages } = await import("./base-images.ts");
    const bases = baseImages(await readFile(resolve(root, folder, file), "utf8"));
    return { sha256: hash.digest("hex"), bases };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      return { problem: `there is no folder ${folder} in the project's folder` };
    return { problem: errorText(error) };
  }
}

function missingIsEmpty(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}

/** The archive that the builder gets. Owners and times are left out, so that the same content is the same layer. */
export async function contextArchive(
  root: string,
  folder: string,
  file: string,
): Promise<NodeJS.ReadableStream> {
  const entries = await contextEntries(root, folder, file);
  const { pack } = await import("tar-stream");
  const archive = pack();
  const write = async () => {
    for (const { path, mode, link } of entries) {
      const header = { name: path, mode, mtime: new Date(0) };
      if (link !== undefined) archive.entry({ ...header, type: "symlink", linkname: link });
      else {
        const content = await readFile(resolve(root, folder, path));
        await new Promise<void>((done, failed) =>
          archive.entry(header, content, (error) => (error ? failed(error) : done())),
        );
      }
    }
    archive.finalize();
  };
  write().catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return archive as unknown as NodeJS.ReadableStream;
}
