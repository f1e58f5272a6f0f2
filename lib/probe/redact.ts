/**
 * A function that takes secrets out of texts: each value as it is, percent-encoded, escaped as in JSON, in
 * base64, and as part of an HTTP Basic credential. It is the last line of defence: messages are written so
 * that no secret gets into them.
 *
 * A value that is also part of a public name is left alone. A password "postgres" in the address
 * "postgres:5432" gives nothing away, while "[secret]:5432" would.
 *
 * @param publicNames names that messages must be able to say: hosts, users, databases
 */
export function redactor(
  secrets: Readonly<Record<string, string>>,
  publicNames: readonly string[],
): (text: string) => string {
  const values = Object.values(secrets).filter(
    (value) => value !== "" && !publicNames.some((name) => name.includes(value)),
  );
  const forms = new Set(values.flatMap((value) => formsOf(value, publicNames)));
  // The longest first, or what is left of a longer form around a shorter one would stay.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}

function formsOf(value: string, users: readonly string[]): string[] {
  return [
    value,
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString("base64"),
    ...users.map((user) => Buffer.from(`${user}:${value}`).toString("base64")),
  ];
}
