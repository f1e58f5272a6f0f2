/** A member of a declaration that has been checked. @throws Error where there is none, which is a bug */
export function checked<T>(record: Readonly<Record<string, T>>, name: string): T {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  if (value === undefined) throw new Error(`"${name}" was not checked`);
  return value;
}
