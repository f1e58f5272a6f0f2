import { describe, expect, test } from "vitest";
import { composeDurationMs } from "../../../lib/import/read/compose-duration.ts";
import { parseEnvFile, parseRawEnvFile } from "../../../lib/import/read/env-file.ts";
import { interpolate } from "../../../lib/import/read/interpolate.ts";
import { holdsCredential, looksSecret, mayBeSecret } from "../../../lib/model/looks-secret.ts";
import { parseMount, parsePorts } from "../../../lib/import/read/short-syntax.ts";
import { shellWords } from "../../../lib/import/read/shell-words.ts";
import { plainScalar } from "../../../lib/import/read/plain-scalar.ts";
import { parseUrl } from "../../../lib/import/translate/url.ts";

const variables: Readonly<Record<string, string>> = { SET: "value", EMPTY: "", NAME: "x" };
const lookup = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined);

function filled(text: string) {
  const problems: string[] = [];
  const unset: string[] = [];
  const result = interpolate(text, lookup, {
    problem: (message) => problems.push(message),
    unset: (variable) => unset.push(variable),
  });
  return { result, problems, unset };
}

describe("interpolate", () => {
  test.for([
    ["nothing to fill in", "nothing to fill in"],
    ["$SET-${SET}", "value-value"],
    ["$$SET $${SET} $$$SET", "$SET ${SET} $value"],
    ["${UNSET:-default} ${EMPTY:-default} ${SET:-default}", "default default value"],
    ["${UNSET-default} ${EMPTY-default} ${SET-default}", "default  value"],
    ["${UNSET:+other}|${EMPTY:+other}|${SET:+other}", "||other"],
    ["${UNSET+other}|${EMPTY+other}|${SET+other}", "|other|other"],
    ["${SET?needed} ${SET:?needed} ${EMPTY?needed}", "value value "],
    ["${UNSET:-${EMPTY:-${SET}}}", "value"],
    ["${UNSET:-a${SET}b}", "avalueb"],
    ["${UNSET:-{}}", "{}"],
    ["${UNSET:-http://h:80/a?b=c}", "http://h:80/a?b=c"],
    ["${UNSET:-$$5}", "$5"],
    ["${SET:-http://h/{id}}|${UNSET:-http://h/{id}}", "value|http://h/{id}"],
    ["${SET:+a{b}", "a{b"],
  ] as const)("%s", ([text, expected]) => {
    expect(filled(text)).toEqual({ result: expected, problems: [], unset: [] });
  });

  test("reports a variable that is not set", () => {
    expect(filled("[$UNSET][${OTHER}]")).toEqual({ result: "[][]", problems: [], unset: ["UNSET", "OTHER"] });
  });

  test.for([
    ["${UNSET:?say which}", "the variable UNSET must be set: say which"],
    ["${EMPTY:?}", "the variable EMPTY must be set"],
    ["${UNSET?needs $SET}", "the variable UNSET must be set: needs $SET"],
    ["costs 5$", 'a dollar that begins no variable is written "$$"'],
    ["$1", 'a dollar that begins no variable is written "$$"'],
    ["${SET", "${ has no closing brace"],
    ["${SET/a/b}", "${...} holds a variable's name, and after it nothing, :-, -, :?, ?, :+ or +"],
    ["${}", "${...} holds a variable's name, and after it nothing, :-, -, :?, ?, :+ or +"],
  ] as const)("refuses %s", ([text, message]) => {
    expect(filled(text).problems).toEqual([message]);
  });
});

describe("a file of variables", () => {
  const read = (text: string) => parseEnvFile(text, lookup);

  test.for([
    ["A=b", { A: "b" }],
    ["  export A = b  # comment", { A: "b" }],
    ["# comment\n\nA=b#c", { A: "b#c" }],
    ["A='$SET \\n' # c", { A: "$SET \\n" }],
    ["A='It\\'s'", { A: "It's" }],
    ['A="\\x41\\0101\\a"', { A: "\\x41A\x07" }],
    ['A="x"B=y', { A: "x", B: "y" }],
    ["A.b-c[0]=1", { "A.b-c[0]": "1" }],
    ["SET=own\nB=$SET", { SET: "own", B: "value" }],
    ['A="$SET\\n\\"x\\" \\$SET"', { A: 'value\n"x" $SET' }],
    ['A="one\ntwo"\nB=c', { A: "one\ntwo", B: "c" }],
    ["A=1\r\nB=${A}2", { A: "1", B: "12" }],
    ["\uFEFFA=", { A: "" }],
    ["A: b", { A: "b" }],
    ["A=b=c", { A: "b=c" }],
  ] as const)("%j", ([text, expected]) => {
    const { entries, problems } = read(text);
    expect(Object.fromEntries(entries.map(({ name, value }) => [name, value]))).toEqual(expected);
    expect(problems).toEqual([]);
  });

  test("passes on what has no value", () => {
    expect(read("A\nB=1").entries).toEqual([
      { name: "A", value: undefined },
      { name: "B", value: "1" },
    ]);
  });

  test("in the format raw takes each line as it is", () => {
    const text = `\uFEFFA="x$SET"\r\n  B='it\\'s' # c \n\n # D=1\nSET\na b=c\n=d`;
    expect(parseRawEnvFile(text)).toEqual({
      entries: [
        { name: "A", value: '"x$SET"' },
        { name: "B", value: "'it\\'s' # c " },
        { name: "SET", value: undefined },
      ],
      problems: [
        { line: 6, message: "is not NAME=value" },
        { line: 7, message: "is not NAME=value" },
      ],
    });
  });

  test("says the line of what it cannot read, and not what is there", () => {
    expect(read('A="1\n2"\nnot ok s3cret\nB=2\nC="s3cret').problems).toEqual([
      { line: 3, message: "is not NAME=value" },
      { line: 5, message: "the value of C has no closing quote" },
    ]);
  });
});

describe("a plain scalar", () => {
  test.for([
    ["0123", 83],
    ["0189", 189],
    ["08", 8],
    ["0o17", 15],
    ["0x1_F", 31],
    ["0b101", 5],
    ["1_000", 1000],
    ["_1", "_1"],
    ["+5", 5],
    ["-0", 0],
    ["12345678901234567890", "12345678901234567890"],
    ["18446744073709551616", "1.8446744073709552e+19"],
    ["1.50", 1.5],
    ["1_0.5", 10.5],
    ["1e3", 1000],
    ["999999.0", 999999],
    ["1000000.0", "1e+06"],
    ["123456789.123", "1.23456789123e+08"],
    ["0.00001", "1e-05"],
    [".nan", "NaN"],
    ["-.inf", "-Inf"],
    [".5", 0.5],
    ["yes", "yes"],
    ["True", true],
    ["tRue", "tRue"],
    ["~", null],
    ["12:30:45", "12:30:45"],
    ["1.2.3", "1.2.3"],
    ["-", "-"],
  ] as const)("%s", ([source, value]) => {
    expect(plainScalar(source)).toEqual({ value });
  });
});

describe("shellWords", () => {
  test.for([
    ["a  b\tc", ["a", "b", "c"]],
    [`sh -c "echo 'a b'"`, ["sh", "-c", "echo 'a b'"]],
    [`a'b c'd "" ''`, ["ab cd", "", ""]],
    [`a\\ b "c\\"d\\e" 'f\\g'`, ["a b", 'c"d\\e', "f\\g"]],
    ["a $B | c && d; `e`", ["a", "$B", "|", "c", "&&", "d;", "`e`"]],
    ["a \\\n b", ["a", "", "b"]],
    ["   ", []],
  ] as const)("%j", ([text, words]) => {
    expect(shellWords(text)).toEqual({ words });
  });

  test("says what is not closed", () => {
    expect(shellWords("a 'b")).toEqual({ problem: "it has no closing '" });
    expect(shellWords("a \\")).toEqual({ problem: "the backslash at its end escapes nothing" });
  });
});

describe("durations", () => {
  test.for([
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["1.5s", 1500],
    ["2h45m30s500ms", 9_930_500],
    ["1500us", 1.5],
    ["10", 10_000],
  ] as const)("%s", ([text, ms]) => {
    expect(composeDurationMs(text)).toBeCloseTo(ms, 6);
  });

  test.for(["", "soon", "1m 30s", "-1s", "1x", "1m30"])("%j is none", (text) => {
    expect(composeDurationMs(text)).toBeUndefined();
  });
});

describe("ports", () => {
  test.for([
    ["80", [{ target: 80, protocol: "tcp" }]],
    ["8080:80", [{ target: 80, published: "8080", protocol: "tcp" }]],
    ["127.0.0.1:8080:80/udp", [{ target: 80, published: "8080", ip: "127.0.0.1", protocol: "udp" }]],
    ["[::1]:8080:80", [{ target: 80, published: "8080", ip: "[::1]", protocol: "tcp" }]],
    ["127.0.0.1::80", [{ target: 80, ip: "127.0.0.1", protocol: "tcp" }]],
    ["8000-9000:80", [{ target: 80, published: "8000-9000", protocol: "tcp" }]],
    [
      "3000-3001:4000-4001",
      [
        { target: 4000, published: "3000", protocol: "tcp" },
        { target: 4001, published: "3001", protocol: "tcp" },
      ],
    ],
  ] as const)("%s", ([line, ports]) => {
    expect(parsePorts(line)).toEqual(ports);
  });

  test.for([
    ["http", "must be a port such as 80, 8080:80 or 127.0.0.1:8080:80/udp"],
    ["70000", "must be a port such as 80, 8080:80 or 127.0.0.1:8080:80/udp"],
    ["80/icmp", "must be a port such as 80, 8080:80 or 127.0.0.1:8080:80/udp"],
    ["1-101", "a range has from 1 to 100 ports"],
    ["9-8", "a range has from 1 to 100 ports"],
    ["1-3:1-2", "the two ranges are not of the same size"],
  ] as const)("%s is none", ([line, problem]) => {
    expect(parsePorts(line)).toBe(problem);
  });
});

test.for([
  ["data:/data", { type: "volume", source: "data", target: "/data", readOnly: false }],
  ["./src:/app:ro,z", { type: "bind", source: "./src", target: "/app", readOnly: true }],
  ["~/x:/y", { type: "bind", source: "~/x", target: "/y", readOnly: false }],
  ["/cache", { type: "volume", target: "/cache", readOnly: false }],
  ["C:\\src:/app", { type: "bind", source: "C:\\src", target: "/app", readOnly: false }],
  ["data:b:c:d", "must be a volume such as data:/data, ./src:/app:ro or /cache"],
] as const)("the volume %s", ([line, mount]) => {
  expect(parseMount(line)).toEqual(mount);
});

test.for([
  [
    "postgresql+psycopg://user:p%40ss@db:5432/app?x=y",
    {
      scheme: "postgresql+psycopg",
      user: "user",
      password: "p@ss",
      host: "db",
      port: 5432,
      rest: "/app?x=y",
    },
  ],
  ["redis://:p@ss@cache", { scheme: "redis", user: "", password: "p@ss", host: "cache", rest: "" }],
  ["http://api:80", { scheme: "http", host: "api", port: 80, rest: "" }],
  ["http://u:100%@api", { scheme: "http", user: "u", password: "100%", host: "api", rest: "" }],
  ["http://a,b:1", undefined],
  ["db:5432", undefined],
  ["see http://api:80", undefined],
] as const)("the URL %s", ([text, url]) => {
  expect(parseUrl(text)).toEqual(url);
});

describe("what looks like a secret", () => {
  test.for([
    "DB_PASSWORD",
    "PGPASSWORD",
    "stripeApiKey",
    "SECRET_KEY_BASE",
    "JWT_SECRET",
    "GITHUB_TOKEN",
    "RABBITMQ_DEFAULT_PASS",
    "AWS_SECRET_ACCESS_KEY",
    "spring.datasource.password",
    "DB_PWD",
    "ACCESS_TOKEN_PROD",
  ])("the name %s", (name) => {
    expect(looksSecret(name)).toBe(true);
  });

  test.for([
    "PASSWORD_FILE",
    "JWT_SECRET_TTL",
    "API_KEY_HEADER",
    "TOKEN_URL",
    "AWS_ACCESS_KEY_ID",
    "PUBLIC_KEY",
    "KEYSPACE",
    "PWD",
    "COMPASS",
    "PASSENGERS",
    "TOKENIZER",
    "MAX_TOKEN_COUNT",
    "ACCESS_TOKEN_MINUTES",
    "PASSWORD_LOGIN",
    "TOKEN_SERVICE_TAG",
    "TOKEN_PORT",
    "",
  ])("not the name %s", (name) => {
    expect(looksSecret(name)).toBe(false);
  });

  test.for(["", "true", "No", "42", "none", "/run/secrets/pw", "./secrets/key.pem"])(
    "not the value %j",
    (value) => {
      expect(mayBeSecret(value)).toBe(false);
    },
  );

  test.for([
    "host=db password=abcd1234",
    "Server=db;User Id=sa;Password=abcd1234!;",
    "app --db-password abcd1234",
    "app --api-key=abcd1234",
    "curl -u name:abcd1234 http://x",
    "mysqladmin ping -uroot -pabcd1234",
    "redis-cli -a abcd1234 ping",
    "curl -H 'Authorization: Bearer abcd1234'",
    "PGPASSWORD=abcd1234 psql",
    '{ "client_secret": "abcd1234" }',
    "https://x/?access_token=abcd1234",
    "admin:$apr1$abcdefgh$ijklmnopqrstuvwxyz012",
    "admin:$2y$05$abcdefghijklmnopqrstuv",
    "admin:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
  ])("the text %s", (text) => {
    expect(holdsCredential(text)).toBe(true);
  });

  test.for([
    "app --password-file /run/secrets/x",
    "app --password $PASSWORD",
    "redis-cli -a $REDIS_PASSWORD ping",
    "run -u 1000:1000",
    "xpack.security.token.enabled=false",
    "mysqladmin ping -h localhost",
    "python manage.py migrate --noinput",
    "pass the salt",
    "costs $1$ or $2$, at $5$ the dozen",
    "acme/shop-auth:2.185",
    "registry.example.com/token-service:12345",
  ])("not the text %s", (text) => {
    expect(holdsCredential(text)).toBe(false);
  });
});
