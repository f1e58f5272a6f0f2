import type { Problem } from "../core/problem.ts";
import { placeText } from "../core/problem.ts";
import { camelCase } from "../core/camel-case.ts";
import { looksSecret, mayBeSecret, wordsOf } from "./looks-secret.ts";
import type { LifecyclePlan } from "./plan.ts";
import { containersOf } from "./plan.ts";
import { setSecretCommand } from "./stack-command.ts";

/**
 * Values in a plan's environments that look like secrets written out, each with what to write instead. It is a guess by
 * name and value, so none of them is an error; the values themselves are not shown.
 */
export function plainSecrets({ services, stack }: Pick<LifecyclePlan, "services" | "stack">): Problem[] {
  return Object.entries(containersOf({ services })).flatMap(([service, { env }]) =>
    Object.entries(env).flatMap(([variable, value]) => {
      const what = typeof value === "string" ? secretLike(variable, value) : undefined;
      if (what === undefined) return [];
      const name = camelCase(variable);
      const message = `${what} in plain text: write secret("${name}"), and set it by ${setSecretCommand(stack, name)}`;
      return [{ path: placeText(["services", service, "env", variable]), message }];
    }),
  );
}

/** What a variable holds that should be named and not written; undefined where it seems to be none. */
export function secretLike(name: string, value: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)) return "holds a private key";
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:(?![$<*])[^/?#\s@]+@/i.test(value)) return "holds a URL's password";
  return isNamedSecret(name) && isWrittenOut(name, value) ? "looks like a secret" : undefined;
}

/** Words that ask for something or allow it: REQUIRE_PASSWORD holds no password. */
const verbs =
  /^(?:ALLOW|ASK|CHECK|DISABLE|ENABLE|FORCE|HAS|IGNORE|MAX|MIN|NEED|REQUIRE|SHOW|SKIP|USE|VERIFY)S?D?$/;
/** A key of these is a secret; a sort key or a cache key is none. */
const secretKeys =
  /^(?:ACCESS|ACCOUNT|API|AUTH|ENCRYPTION|HMAC|JWT|LICENSE|MASTER|PRIVATE|SECRET|SESSION|SIGNING)$/;

function isNamedSecret(name: string): boolean {
  if (!looksSecret(name)) return false;
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  if (verbs.test(words[0] ?? "")) return false;
  if (/^KEYS?$/.test(last)) return secretKeys.test(words.at(-2) ?? "");
  // What comes after the word tells about the secret, TOKEN_COUNT; AUTH and SALT say too little.
  return /(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRETS?|CREDENTIALS?|APIKEY|TOKEN)$/.test(last);
}

const modes =
  /^(?:auto|basic|bearer|cookie|default|disabled?|enabled?|env|file|header|jwt|never|always|optional|plain|prompt|required|vault)$/i;

function isWrittenOut(name: string, value: string): boolean {
  if (!mayBeSecret(value) || modes.test(value)) return false;
  // A path, a URL (judged by itself), or something that a shell fills in later.
  if (/^(?:\.{0,2}|~)\/|^[a-z][a-z0-9+.-]*:\/\/|\$\{|^\$|^<.*>$/i.test(value)) return false;
  // A number may be a password; where it is a token it is a size or a count.
  return /PASS|PWD/i.test(name) || !/^\d{1,9}$/.test(value);
}
