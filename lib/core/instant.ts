/** An instant as people write it down: "2026-11-24 14:03:12 UTC". */
export function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
