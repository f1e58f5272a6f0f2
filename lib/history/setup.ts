/**
 * What a container was made from, as far as it may be kept: names as they are, and of everything that may hold
 * a secret a fingerprint.
 */
export interface Setup {
  /** The image's reference: "postgres:17". */
  readonly image: string;
  /** The image's id: a tag may come to mean another image. */
  readonly imageId: string;
  /** The command's fingerprint. */
  readonly command: string;
  /** Fingerprints of the values of the environment's variables, by name. */
  readonly env: Readonly<Record<string, string>>;
}
