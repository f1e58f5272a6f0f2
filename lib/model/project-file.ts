/** A file of the project whose text is part of the declaration. Made by `projectFile()`. */
export interface ProjectFile {
  /** Its path in the project. */
  readonly file: string;
  /** What is in it; absent where it could not be read. */
  readonly text?: string;
  /** Why it could not be read. */
  readonly problem?: string;
}
