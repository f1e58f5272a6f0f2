import type { Problem } from "../core/problem.ts";

/** Something of the project that was read, or in words why it could not be. */
export type Read<T> = T | { readonly problem: string };

/**
 * What a declaration names of the project's folder, as it was when the project was loaded: `resolvePlan()` reads no
 * files itself. Paths are as the declaration has them.
 */
export interface ProjectSources {
  /** The files that are copied into containers, by path. */
  readonly files: Readonly<Record<string, Read<{ readonly sha256: string }>>>;
  /** The files of variables, by path. */
  readonly envFiles: Readonly<Record<string, Read<EnvFile>>>;
  /** The contexts of builds, by folder and Dockerfile. */
  readonly contexts: Readonly<Record<string, Read<BuildContext>>>;
}

/** The context of a build. */
export interface BuildContext {
  readonly sha256: string;
  readonly bases?: BaseImages;
}

/** The images that a Dockerfile names. */
export interface BaseImages {
  /** As they are written, with variables, and the lines. */
  readonly images: readonly { readonly image: string; readonly line: number }[];
  /** The values of the ARGs before its first FROM, which may stand in FROM. */
  readonly defaults: Readonly<Record<string, string>>;
}

/** A file of variables. */
export interface EnvFile {
  readonly variables: Readonly<Record<string, string>>;
  /** What in it is refused, with `FILE:LINE` for a path. */
  readonly problems: readonly Problem[];
}

/** Of a declaration that names nothing of the project. */
export const noSources: ProjectSources = { files: {}, envFiles: {}, contexts: {} };

/** What was read of a path. */
export function sourceOf<T>(read: Readonly<Record<string, Read<T>>>, path: string): Read<T> {
  const found = Object.hasOwn(read, path) ? read[path] : undefined;
  return found ?? { problem: `${path} was not read: give resolvePlan() what readSources() returns` };
}

/** Why something could not be read; undefined where it was. */
export function problemOf(read: Read<object>): string | undefined {
  return "problem" in read ? read.problem : undefined;
}
