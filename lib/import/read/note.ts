/** Something that a person should know of what became of a compose file. */
export interface Note {
  /** The place in the compose file: `services.api.ulimits`. */
  readonly path: string;
  /**
   * - `lost`: the file says it, and the declaration does not
   * - `changed`: it works otherwise than it did under compose
   * - `check`: a guess, which somebody who knows the service should look at
   */
  readonly kind: "lost" | "changed" | "check";
  readonly message: string;
}

/** Takes a note. */
export type Report = (kind: Note["kind"], path: string, message: string) => void;
