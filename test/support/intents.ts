/** What the program desired-writer.ts keeps, by the number of its intent. */
export const services = ["postgres", "redis", "auth", "web"];

/** So long that it is several pages of the file. */
export function intent(n: number): unknown {
  return { intent: { action: "restart", n }, spec: String(n).repeat(1500) };
}

/** The number of an intent, of which all is there. */
export function intentOf(record: unknown): number {
  const { n } = (record as { readonly intent: { readonly n: number } }).intent;
  if (JSON.stringify(record) !== JSON.stringify(intent(n))) throw new Error(`the intent ${n} is torn`);
  return n;
}

/** A secret that changes with every third intent of a service. */
export function secretOf(n: number): string {
  return `s3cret-${Math.floor(n / (3 * services.length))}`;
}
