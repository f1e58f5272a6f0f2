import { DatabaseError } from "pg";
import { describe, expect, test } from "vitest";
import { ClickHouseAnswer, clickhouseCause, exceptionIn } from "../../../lib/probe/clickhouse/cause.ts";
import type { CauseContext } from "../../../lib/probe/probe-kind.ts";
import { postgresCause } from "../../../lib/probe/postgres/cause.ts";
import { redisCause } from "../../../lib/probe/redis/cause.ts";
import { judgeMemory } from "../../../lib/probe/redis/memory.ts";

const context: CauseContext = {
  timeout: "5s",
  currentStep: () => "waiting for the query's result",
  redact: (text) => text,
};

describe("PostgreSQL", () => {
  const cause = (code: string, message: string) =>
    postgresCause(Object.assign(new DatabaseError(message, 0, "error"), { code }), "postgres:5432", context);

  test.each([
    ["28P01", 'password authentication failed for user "netra"', "authentication", true],
    ["28000", "no pg_hba.conf entry", "account", true],
    ["28000", 'role "netra" does not exist', "account", true],
    ["3D000", 'database "netra" does not exist', "server", true],
    ["42P01", 'relation "alembic_version" does not exist', "server", false],
    ["57P03", "the database system is starting up", "server", false],
    ["53300", "sorry, too many clients already", "capacity", false],
  ])("%s: %s", (code, message, causeCode, permanent) => {
    expect(cause(code, message)).toEqual({
      code: causeCode,
      text: `postgres:5432 answered: ${message}`,
      permanent,
    });
  });

  test("a statement that the server timed out reads as a timeout", () => {
    expect(cause("57014", "canceling statement due to statement timeout")).toEqual({
      code: "timeout",
      text: "no answer from postgres:5432 within 5s while waiting for the query's result",
      permanent: false,
    });
  });

  test("the cause of a probe that writes without saying so shows how to", () => {
    expect(cause("25006", "cannot execute INSERT in a read-only transaction").text).toBe(
      "postgres:5432 answered: cannot execute INSERT in a read-only transaction (a probe that is meant to write says mutates: true)",
    );
  });

  test("a defect is thrown on", () => {
    const defect = new TypeError("undefined is not a function");
    expect(() => postgresCause(defect, "postgres:5432", context)).toThrow(defect);
  });
});

describe("Redis", () => {
  const cause = (message: string) =>
    redisCause(Object.assign(new Error(message), { name: "ReplyError" }), "redis:6379", context);

  test.each([
    ["NOAUTH Authentication required.", "authentication", true],
    ["WRONGPASS invalid username-password pair or user is disabled.", "authentication", true],
    ["ERR invalid password", "authentication", true],
    [
      "ERR AUTH <password> called without any password configured for the default user.",
      "authentication",
      true,
    ],
    ["DENIED Redis is running in protected mode", "account", true],
    ["NOPERM this user has no permissions to run the 'ping' command", "account", true],
    ["LOADING Redis is loading the dataset in memory", "server", false],
    ["ERR max number of clients reached", "capacity", false],
    ["MASTERDOWN Link with MASTER is down", "server", false],
  ])("%s", (message, code, permanent) => {
    expect(cause(message)).toEqual({ code, text: `redis:6379 answered: ${message}`, permanent });
  });

  test("a defect is thrown on", () => {
    const defect = new TypeError("undefined is not a function");
    expect(() => redisCause(defect, "redis:6379", context)).toThrow(defect);
  });
});

describe("Redis's memory", () => {
  const info = (used: number, max: number, total: number) =>
    `# Memory\r\nused_memory:${used}\r\nused_memory_human:1M\r\ntotal_system_memory:${total}\r\nmaxmemory:${max}\r\n`;
  const mebibyte = 1024 * 1024;

  test("is judged against its limit", () => {
    expect(judgeMemory(info(89 * mebibyte, 100 * mebibyte, 1), 0.9, "redis:6379")).toEqual({ passed: true });
    expect(judgeMemory(info(90 * mebibyte, 100 * mebibyte, 1), 0.9, "redis:6379")).toEqual({
      passed: false,
      cause: {
        code: "capacity",
        text: "redis:6379 uses 90% of its limit (90.0 MiB of 100.0 MiB), expected under 90%",
        permanent: false,
      },
    });
  });

  test("is judged against the machine's where it has no limit", () => {
    expect(judgeMemory(info(10 * mebibyte, 0, 100 * mebibyte), 0.5, "redis:6379")).toEqual({ passed: true });
    expect(judgeMemory(info(60 * mebibyte, 0, 100 * mebibyte), 0.5, "redis:6379")).toMatchObject({
      cause: {
        text: "redis:6379 uses 60% of the machine's memory (60.0 MiB of 100.0 MiB), expected under 50%",
      },
    });
  });

  test("is not guessed where nothing is known", () => {
    expect(judgeMemory("# Server\r\n", 0.5, "redis:6379")).toMatchObject({
      cause: { code: "protocol", text: "redis:6379 does not tell how much memory it uses and may use" },
    });
  });
});

describe("ClickHouse", () => {
  const old =
    "Code: 60, e.displayText() = DB::Exception: Table default.nope doesn't exist., e.what() = DB::Exception";
  const recent =
    "Code: 60. DB::Exception: Unknown table expression identifier 'nope' in scope SELECT * FROM nope. (UNKNOWN_TABLE) (version 24.8.4.13 (official build))\n";

  test("exceptions are read in the words of version 18 and of version 24", () => {
    expect(exceptionIn(old)).toEqual({ code: "60", message: "Table default.nope doesn't exist." });
    expect(exceptionIn(recent)).toEqual({
      code: "60",
      message: "Unknown table expression identifier 'nope' in scope SELECT * FROM nope. (UNKNOWN_TABLE)",
    });
    expect(exceptionIn("<html>not found</html>")).toBeUndefined();
  });

  test.each([
    [
      "Code: 193, e.displayText() = DB::Exception: Wrong password for user netra, e.what() = DB::Exception",
      "authentication",
      "Wrong password for user netra",
      true,
    ],
    [
      "Code: 192, e.displayText() = DB::Exception: Unknown user netra, e.what() = DB::Exception",
      "account",
      "Unknown user netra",
      true,
    ],
    [
      "Code: 516. DB::Exception: netra: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED) (version 24.8.4.13 (official build))",
      "authentication",
      "netra: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)",
      true,
    ],
    [
      "Code: 81. DB::Exception: Database netra does not exist. (UNKNOWN_DATABASE) (version 24.8.4.13)",
      "server",
      "Database netra does not exist. (UNKNOWN_DATABASE)",
      true,
    ],
    [old, "server", "Table default.nope doesn't exist.", false],
  ])("%s", (body, code, message, permanent) => {
    expect(clickhouseCause(new ClickHouseAnswer(body, 500), "clickhouse:8123", context)).toEqual({
      code,
      text: `clickhouse:8123 answered: ${message}`,
      permanent,
    });
  });

  test("an account that may not set limits is reported as such, not as one that may not write", () => {
    const body =
      "Code: 164, e.displayText() = DB::Exception: Cannot modify 'max_execution_time' setting in readonly mode, e.what() = DB::Exception";
    expect(clickhouseCause(new ClickHouseAnswer(body, 500), "clickhouse:8123", context)).toEqual({
      code: "server",
      text: "clickhouse:8123 answered: Cannot modify 'max_execution_time' setting in readonly mode",
      permanent: true,
    });
  });

  test("a query that the server timed out reads as a timeout", () => {
    const body =
      "Code: 159. DB::Exception: Timeout exceeded: elapsed 5.0 seconds, maximum: 5. (TIMEOUT_EXCEEDED) (version 24.8.4.13)";
    expect(clickhouseCause(new ClickHouseAnswer(body, 500), "clickhouse:8123", context).text).toBe(
      "no answer from clickhouse:8123 within 5s while waiting for the query's result",
    );
  });
});
