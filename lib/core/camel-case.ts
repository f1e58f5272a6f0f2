/** The words of a name in camel case: "DB_PASSWORD" is dbPassword. Always an identifier. */
export function camelCase(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
  const joined = words
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  return /^[a-z]/.test(joined) ? joined : `the${joined.charAt(0).toUpperCase()}${joined.slice(1)}`;
}
