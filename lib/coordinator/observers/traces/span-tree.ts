/** A trace before it is sent. Instants are milliseconds since the epoch. */
export interface SpanTree {
  readonly name: string;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** Set where what it stands for has failed. `type` is one of few words. */
  readonly error?: { readonly type: string; readonly text: string } | undefined;
  readonly children: readonly SpanTree[];
}

/** Something that happened within a span. */
export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: Attributes;
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** The longest text in a span. */
const longest = 500;

/** What an attribute may hold of a text. */
export function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
