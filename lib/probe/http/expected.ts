import { excerpt } from "../../core/excerpt.ts";
import { patternText } from "../../model/pattern.ts";
import type { ProbeOf } from "../../model/probe.ts";
import { firstMatch } from "../bounded-match.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed } from "../outcome.ts";

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers whose values are credentials: what they are is not shown. */
const unshown = /^(set-cookie2?|(www|proxy)-authenticate|authorization|authentication-info)$/;

/** What is wrong with the headers of an answer; undefined where all are as expected. */
export function headersMismatch(
  { responseHeaders = {} }: ProbeOf<"http">,
  headers: Headers,
  answered: string,
  redact: (text: string) => string,
): Finding | undefined {
  for (const [name, expected] of Object.entries(responseHeaders)) {
    const given = headers[name];
    const values = typeof given === "string" ? [given] : (given ?? []);
    const matches =
      "is" in expected ? values.includes(expected.is) : firstMatch(expected.matches, values) !== undefined;
    if (matches) continue;
    const wanted = "is" in expected ? expected.is : patternText(expected.matches);
    const shown = unshown.test(name) ? "another value" : excerpt(redact(values.join(", ")), 100);
    const found = values.length === 0 ? `without the header ${name}` : `with ${name}: ${shown}`;
    return failed(causeOf("header", `${answered} ${found}, expected ${excerpt(wanted, 100)}`));
  }
  return undefined;
}

/** What is wrong with the text of a body; undefined where it is as expected. */
export function textMismatch(
  { text: expected }: ProbeOf<"http">,
  text: string,
  answered: string,
  redact: (text: string) => string,
): Finding | undefined {
  if (expected === undefined) return undefined;
  const matches =
    "contains" in expected
      ? text.includes(expected.contains)
      : firstMatch(expected.matches, [text]) !== undefined;
  if (matches) return undefined;
  const wanted = "contains" in expected ? expected.contains : patternText(expected.matches);
  const found = text === "" ? "an empty body" : `a body that begins: ${excerpt(redact(text))}`;
  return failed(causeOf("body", `${answered} with ${found}; expected in it: ${excerpt(wanted, 100)}`));
}
