const secretWords = /^(?:.*PASSWORD|.*PASSWD|PASS|PWD|.*PASSPHRASE|SECRETS?|CREDENTIALS?|APIKEY|.*TOKEN)$/;
/** Secret only at the end: KEY_ID and KEYSPACE are none. */
const lastWords = /^(?:KEY|KEYS|SALT|PEPPER|AUTH)$/;
/** What tells about a secret, and is none itself: JWT_SECRET_TTL, API_KEY_HEADER. */
const about =
  /^(?:FILE|PATH|DIR|TTL|EXPIRY|EXPIRES|EXPIRATION|LIFETIME|LENGTH|MIN|MAX|NAME|ID|URL|URI|ENDPOINT|ENABLED|ALGORITHM|ALG|HEADER|POLICY|TYPE|METHOD|HASH|ROTATION|ISSUER|AUDIENCE)$/;

/** Whether a variable of this name holds something that nobody should read: `DB_PASSWORD`, `stripeApiKey`, `PGPASSWORD`. */
export function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== "");
  const last = words.at(-1);
  // PWD alone is the working directory.
  if (last === undefined || about.test(last) || words.includes("PUBLIC") || words.join() === "PWD")
    return false;
  return lastWords.test(last) || words.some((word) => secretWords.test(word));
}

/** Whether a text may be a secret at all: a switch or a small number is none, whatever its variable is called. */
export function mayBeSecret(value: string): boolean {
  return !/^(?:|true|false|yes|no|on|off|none|null|\d{1,3})$/i.test(value);
}

const pair = /["']?([A-Za-z][\w.-]*)["']?\s*[=:](?!\/\/)\s*["']?([^\s"';,&]+)/g;
const option = /(?:^|\s)--?([A-Za-z][\w-]*)\s+([^\s-]\S*)/g;
const account = /(?:^|\s)(?:-u|--user|--userpwd)[= ]*["']?[^\s:"']+:(?!\d+(?:\s|$))[^\s$]/;
const shortPassword =
  /(?:(?:mysql|mariadb)\S*\s(?:.*\s)?-p|(?:redis|valkey)-cli\s(?:.*\s)?-a\s*)["']?[^\s$"'-]/;

/**
 * Whether a text holds a password, a token or their like by the words around it: `password=x`, `--token x`,
 * `-u name:x`, `Authorization: Bearer x`. What a shell fills in later, `$X`, is none.
 */
export function holdsCredential(text: string): boolean {
  if (account.test(text) || shortPassword.test(text) || /\bauthorization["']?\s*[:=]\s*[^\s$]/i.test(text))
    return true;
  return [...text.matchAll(pair), ...text.matchAll(option)].some(
    ([, name = "", value = ""]) => looksSecret(name) && mayBeSecret(value) && !/^[$/<]/.test(value),
  );
}
