import { plainText, visibleText } from "../core/outside-text.ts";
import { redactor } from "./redact.ts";

/**
 * A function that makes a text from outside (a container's, a server's, the engine's) fit to be shown: what it does to
 * a terminal is taken off, then each secret, and what is still not visible stands as its escape. In this order: a
 * secret may be coloured, or hold an escape. To be made once for a set of secrets.
 */
export function safeText(secrets: readonly string[]): (text: string) => string {
  const redact = redactor(secrets);
  return (text) => visibleText(withoutMadeUp(redact(plainText(text))));
}

/**
 * The password of root that MySQL and MariaDB make up where nobody says what it is to be: they write it to their log, and nobody else
 * knows it. The words are those of the images of both, and of MySQL's own initialisation.
 */
const madeUp =
  /(GENERATED ROOT PASSWORD:|temporary password is generated for root@\S+:)(?! *\[secret\]) *[^\r\n]+/g;

function withoutMadeUp(text: string): string {
  return text.replaceAll(madeUp, "$1 [secret]");
}
