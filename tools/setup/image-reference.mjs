/**
 * Takes an image reference apart.
 * @param {string} reference such as "clickhouse/clickhouse-server:24"
 * @returns {{ name: string, tag: string, digest: string | undefined }} name is the last part of the repository's path
 */
export function parseReference(reference) {
  const [path = "", digest] = reference.split("@");
  const last = path.slice(path.lastIndexOf("/") + 1);
  const [name = "", tag = "latest"] = last.split(":");
  return { name, tag, digest };
}

/** The name under which the stand-in for an image is kept: never the official one. @param {string} reference */
export function standInName(reference) {
  const { name, tag } = parseReference(reference);
  return `phasegate-stand-in/${name}:${tag}`;
}
