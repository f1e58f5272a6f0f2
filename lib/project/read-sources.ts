import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { errorText } from "../core/errors.ts";
import { contextKey } from "../model/container/dockerfile.ts";
import type { StackDeclaration } from "../model/declaration.ts";
import type { ProjectSources, Read } from "../model/sources.ts";
import { readContext } from "./build-context.ts";
import { readEnvFile } from "./env-file.ts";

/** A file that is copied into a container is small: it stands in Pulumi's state. */
export const largestFile = 256 * 1024;

/**
 * Reads what a declaration names of the project's folder. It never throws: what cannot be read is a problem of the
 * declaration, which `resolvePlan()` reports with its place.
 * @param root the project's folder
 */
export async function readSources(root: string, declaration: StackDeclaration): Promise<ProjectSources> {
  // What is not well-formed has nothing to read; resolvePlan() says what is wrong with it.
  const services = Object.values(
    isObject(declaration) && isObject(declaration.services) ? declaration.services : {},
  );
  const files = services.flatMap((service) =>
    Object.values(membersOf(service, "mounts")).flatMap((mount) =>
      textsIn(membersOf({ mount }, "mount")["file"]),
    ),
  );
  const envFiles = services.flatMap((service) => {
    const paths: unknown = isObject(service) ? service.envFile : undefined;
    return Array.isArray(paths) ? paths.flatMap(textsIn) : [];
  });
  const builds = services.flatMap((service) => {
    const { dockerfile: folder, file = "Dockerfile" } = membersOf(service, "image");
    return typeof folder === "string" && typeof file === "string" ? [{ dockerfile: folder, file }] : [];
  });
  const contexts = builds.map(
    async (build) => [contextKey(build), await readContext(root, build.dockerfile, build.file)] as const,
  );
  return {
    contexts: Object.fromEntries(await Promise.all(contexts)),
    files: await readEach(files, async (path) => {
      const text = await readText(root, path);
      return "problem" in text ? text : copied(path, text.text);
    }),
    envFiles: await readEach(envFiles, async (path) => {
      const text = await readText(root, path);
      return "problem" in text ? text : readEnvFile(path, text.text);
    }),
  };
}

function copied(path: string, text: string): Read<{ readonly sha256: string }> {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return {
      problem: `${path} holds a private key, and would be in the state in plain text: name it by secret() in files`,
    };
  return { sha256: sha256(text) };
}

/** The identity of a text in a plan. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A small text file of the project, or why it is none. */
export async function readText(root: string, path: string): Promise<Read<{ readonly text: string }>> {
  const file = resolve(root, path);
  try {
    const info = await stat(file);
    if (!info.isFile()) return { problem: `${path} is no file` };
    if (info.size > largestFile)
      return {
        problem: `${path} has ${info.size} bytes, and a file that is read has ${largestFile} at most`,
      };
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(file));
    return text.includes("\0") ? { problem: `${path} is no text: it holds the character NUL` } : { text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      return { problem: `there is no file ${path} in the project's folder` };
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return { problem: `${path} is no text in UTF-8` };
    return { problem: `${path} cannot be read: ${errorText(error)}` };
  }
}

async function readEach<T>(
  paths: readonly string[],
  read: (path: string) => Promise<Read<T>>,
): Promise<Record<string, Read<T>>> {
  const entries = [...new Set(paths)].map(async (path) => [path, await read(path)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function membersOf(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const member = isObject(value) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return isObject(member) ? (member as Readonly<Record<string, unknown>>) : {};
}

function textsIn(value: unknown): string[] {
  return typeof value === "string" ? [value] : [];
}
