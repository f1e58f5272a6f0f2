/** Redirects that a probe follows. */
import { z } from "zod";
import { exactObject, textThat, wholeNumber } from "../../core/schema-parts.ts";
import { filled } from "../made.ts";

/** How far redirects are followed. */
export interface Redirects {
  /** How many in a row at most, 1 to 20. */
  readonly atMost: number;
  /** The hosts besides the one that is asked to which they may lead. Default: none. */
  readonly hosts?: readonly string[];
}

/** Accepts {@link Redirects} in a plan. */
export const redirectsSchema = exactObject(
  {
    atMost: wholeNumber(1, 20),
    hosts: z.array(textThat((host) => /^[A-Za-z0-9_.:-]{1,253}$/.test(host), 'a host name such as "auth"')),
  },
  'must be a number of redirects, or an object such as { atMost: 3, hosts: ["auth"] }',
);

/** What a plan says of redirects as they are declared. */
export function redirectsOf(given: number | Redirects): z.infer<typeof redirectsSchema> {
  const whole = typeof given === "number" ? { atMost: given } : given;
  return filled({ hosts: [] }, whole);
}
