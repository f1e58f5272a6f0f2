import { decodeXML } from "entities";
import { excerpt } from "../../core/excerpt.ts";
import type { Cause } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";
import type { StoreAnswer } from "./client.ts";

/**
 * What a refusal means, by "Error responses" in the reference of S3's API. A bucket may yet be made by an application or a job;
 * an account of a store is there before it listens.
 */
export function storeCause({ status, body }: StoreAnswer, address: string, { redact }: CauseContext): Cause {
  const code = textOf(body, "Code");
  if (code === undefined || !/<Error\b/.test(body))
    return causeOf("protocol", `${address} answered with HTTP ${status}, but not as S3 does`);
  const text = `${address} answered: ${excerpt(redact(`${code}: ${textOf(body, "Message") ?? ""}`))}`;
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken)$/.test(code))
    return causeOf("authentication", text, true);
  if (code === "AccessDenied" || code === "AllAccessDisabled") return causeOf("account", text);
  return causeOf("server", text);
}

/** The text of the first element of a name. */
function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : decodeXML(text);
}
