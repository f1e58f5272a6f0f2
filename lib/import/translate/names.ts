/** Names as phasegate and TypeScript have them, made of those of a compose file. */

/** The words of a name with dashes: "my_db.1" is my-db-1. Begins with a letter. */
export function dashed(name: string): string {
  const words = name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .join("-");
  return /^[A-Za-z]/.test(words) ? words : `service-${words}`.replace(/-$/, "");
}

/** The name, or the first of name2, name3, … that is not taken. */
export function free(name: string, taken: (name: string) => boolean, between = ""): string {
  if (!taken(name)) return name;
  for (let n = 2; ; n += 1) if (!taken(`${name}${between}${n}`)) return `${name}${between}${n}`;
}

const serviceName = /^[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/** For each service's name in the compose file its name in the declaration: a host name. */
export function serviceNames(names: readonly string[], reserved: readonly string[]): Map<string, string> {
  // A service called toString would be found in every object.
  const isFine = (name: string) => serviceName.test(name) && !reserved.includes(name) && !(name in {});
  const result = new Map(names.filter(isFine).map((name) => [name, name]));
  for (const name of names) {
    if (isFine(name)) continue;
    const close = dashed(name);
    const wanted = isFine(close) ? close : `${close}-service`;
    const taken = [...result.values()];
    result.set(
      name,
      free(wanted, (candidate) => taken.includes(candidate), "-"),
    );
  }
  return result;
}
