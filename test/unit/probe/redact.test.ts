import { expect, test } from "vitest";
import { redactor } from "../../../lib/probe/redact.ts";

const value = 'p@ss/w"rd';

test.each([
  ["as it is", `password p@ss/w"rd!`, "password [secret]!"],
  ["percent-encoded", "postgres://netra:p%40ss%2Fw%22rd@postgres", "postgres://netra:[secret]@postgres"],
  ["escaped as in JSON", '{"password":"p@ss/w\\"rd"}', '{"password":"[secret]"}'],
  ["in base64", Buffer.from(value).toString("base64"), "[secret]"],
  [
    "as an HTTP Basic credential",
    `Basic ${Buffer.from(`netra:${value}`).toString("base64")}`,
    "Basic [secret]",
  ],
])("takes a secret out: %s", (_form, text, redacted) => {
  expect(redactor({ password: value }, ["netra"])(text)).toBe(redacted);
});

test("takes the longer of two secrets out whole", () => {
  expect(redactor({ short: "s3cr3t", long: "s3cr3t-and-more" }, [])("s3cr3t-and-more, s3cr3t")).toBe(
    "[secret], [secret]",
  );
});

test("leaves a value alone that is a public name: hiding it would tell it", () => {
  expect(redactor({ password: "postgres" }, ["postgres"])("connection refused by postgres:5432")).toBe(
    "connection refused by postgres:5432",
  );
});

test("leaves texts alone where there is nothing to hide", () => {
  expect(redactor({ empty: "" }, [])("as it was")).toBe("as it was");
});

test("a secret that encodeURIComponent would choke on is taken out too", () => {
  expect(redactor({ odd: "a\uD800b" }, [])("x a\uD800b y")).toBe("x [secret] y");
});
