const secretWords = /^(?:.*PASSWORD|.*PASSWD|PASS|PWD|.*PASSPHRASE|SECRETS?|CREDENTIALS?|APIKEY|.*TOKEN)$/;
/** Secret only at the end: KEY_ID and KEYSPACE are none. */
const lastWords = /^(?:KEY|KEYS|SALT|PEPPER|AUTH)$/;
/** What tells about a secret, and is none itself: JWT_SECRET_TTL, API_KEY_HEADER. */
const about = new Set(
  [
    "FILE PATH DIR LOCATION MOUNT VOLUME STORE BACKEND DRIVER ENGINE PROVIDER SERVICE SERVER HOST PORT URL URI ENDPOINT",
    "TTL EXPIRY EXPIRES EXPIRATION LIFETIME AGE TIMEOUT INTERVAL MS SECONDS MINUTES HOURS DAYS WEEKS",
    "LENGTH SIZE BITS BYTES MIN MAX COUNT LIMIT LIMITS ROUNDS COST ATTEMPTS RETRIES STRENGTH",
    "NAME ID TAG VERSION TYPE CLASS METHOD MODE FORMAT PREFIX SUFFIX FIELD HEADER SCOPE SCOPES REALM REGION",
    "ENABLE ENABLED DISABLE DISABLED REQUIRED ALLOWED LOGIN POLICY STRATEGY ROTATION",
    "ALGORITHM ALG HASH ISSUER AUDIENCE",
  ].flatMap((line) => line.split(" ")),
);

/** The words of a variable's name, in capitals: DB, PASSWORD of `dbPassword`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== "");
}

/** Whether a variable of this name holds something that nobody should read: `DB_PASSWORD`, `stripeApiKey`, `PGPASSWORD`. */
export function looksSecret(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  // PWD alone is the working directory.
  if (last === undefined || about.has(last) || words.includes("PUBLIC") || words.join() === "PWD")
    return false;
  return lastWords.test(last) || words.some((word) => secretWords.test(word));
}

/** A path in plain words, such as /run/secrets/pw: no key looks like one. */
const path = /^\.{0,2}(?:\/[a-z][a-z0-9_.-]{0,40}){2,}$/;

/** Whether a text may be a secret at all: a switch, a small number or a path is none, whatever its variable is called. */
export function mayBeSecret(value: string): boolean {
  return !/^(?:|true|false|yes|no|on|off|none|null|\d{1,3})$/i.test(value) && !path.test(value);
}

// Each part of these is bounded, so that no text takes time with the square of its length. A value is looked at and not
// taken: in "host:80/?token=x" it holds the next pair.
const pair =
  /(?<![\w./])(?<![\w./]-)["']?([A-Za-z][\w.-]{0,60})["']?\s{0,5}[=:](?!\/\/)\s{0,5}["']?(?=([^\s"';,&]{1,200}))/g;
const option = /(?:^|\s)--?([A-Za-z][\w-]{0,60})\s{1,5}([^\s-]\S{0,200})/g;
const account = /(?:^|\s)(?:-u|--user|--userpwd)[= ]?["']?[^\s:"']{1,100}:(?!\d+(?:\s|$))[^\s$]/;
const shortPassword =
  /(?:(?:mysql|mariadb)\S{0,40}\s(?:.{0,400}\s)?-p|(?:redis|valkey)-cli\s(?:.{0,400}\s)?-a\s{0,5})["']?[^\s$"'-]/;
/** A password as servers keep it, in crypt(5)'s form or htpasswd's. */
const hash =
  /\$(?:1|2[abxy]?|5|6|y|apr1|argon2(?:i|d|id)|scrypt)\$[^\s$][^\s]{6,}|\{(?:SHA|SSHA|SHA256|SHA512)\}[\w+/=]{8,}/;
/** A longer text is taken for one that holds a secret. */
const longest = 100_000;

/**
 * Whether a text holds a password, a token or their like by the words around it: `password=x`, `--token x`,
 * `-u name:x`, `Authorization: Bearer x`, a password's hash. What a shell fills in later, `$X`, is none.
 */
export function holdsCredential(text: string): boolean {
  if (text.length > longest) return true;
  if (
    hash.test(text) ||
    account.test(text) ||
    shortPassword.test(text) ||
    /\bauthorization["']?\s*[:=]\s*[^\s$]/i.test(text)
  )
    return true;
  return [...text.matchAll(pair), ...text.matchAll(option)].some(
    ([, name = "", value = ""]) => looksSecret(name) && mayBeSecret(value) && !/^[$/<]/.test(value),
  );
}
