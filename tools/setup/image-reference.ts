/** An image reference taken apart: "clickhouse/clickhouse-server:24". */
export interface ImageReference {
  /** The last part of the repository's path. */
  readonly name: string;
  readonly tag: string;
  readonly digest: string | undefined;
}

export function parseReference(reference: string): ImageReference {
  const [path = "", digest] = reference.split("@");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const [name = "", tag = "latest"] = last.split(":");
  return { name, tag, digest };
}
