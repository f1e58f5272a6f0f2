import { expect, test } from "vitest";
import { about, addressOf, reasonOf } from "../../services/shared/failure-reason.ts";

function failure(message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), fields);
}

test.each([
  [
    "a known code",
    failure("connect ECONNREFUSED 127.0.0.1:1", { code: "ECONNREFUSED" }),
    "connection refused",
  ],
  [
    "a wrong password",
    failure('password authentication failed for user "u"', { code: "28P01" }),
    "wrong user or password",
  ],
  ["an unknown code", failure("syntax error", { code: "42601" }), "syntax error"],
  [
    "a missing table",
    failure('relation "agents" does not exist', { code: "42P01" }),
    'relation "agents" does not exist (have the migrations run?)',
  ],
  ["pg's time-out", failure("Query read timeout"), "no answer in time"],
  [
    "Redis' refusal",
    failure("WRONGPASS invalid username-password pair or user is disabled."),
    "wrong user or password",
  ],
  [
    "old ClickHouse's refusal",
    failure(
      "Code: 193, e.displayText() = DB::Exception: Wrong password for user netra, e.what() = DB::Exception\n",
    ),
    "wrong user or password",
  ],
  [
    "ClickHouse's refusal",
    failure("netra: Authentication failed: password is incorrect, or there is no user with such name.", {
      code: "516",
    }),
    "wrong user or password",
  ],
  ["more than one line", failure("first\nsecond"), "first"],
  ["ioredis's time-out", failure("Command timed out"), "no answer in time"],
  [
    "fetch's wrapper",
    new TypeError("fetch failed", { cause: failure("x", { code: "ENOTFOUND" }) }),
    "no such host name",
  ],
  ["no message", failure("", { code: "EODD" }), "EODD"],
  [
    "a time-out",
    AbortSignal.abort(new DOMException("x", "TimeoutError")).reason as Error,
    "no answer in time",
  ],
  ["no error at all", "gone", "gone"],
])("%s", (_case, error, words) => {
  expect(reasonOf(error)).toBe(words);
});

test("a subject is reported once for each who passes it on", async () => {
  const refused = async () => {
    throw failure("x", { code: "ECONNREFUSED" });
  };
  await expect(about("auth", () => about("PostgreSQL", refused))).rejects.toThrow(
    "auth: PostgreSQL: connection refused",
  );
});

test("an address holds no credentials", () => {
  expect(addressOf("postgres://netra:hunter2@postgres:5432/netra")).toBe("postgres:5432");
});
