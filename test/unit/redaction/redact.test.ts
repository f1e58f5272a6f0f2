import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactor } from "../../../lib/redaction/redact.ts";
import { encodings } from "../../support/encodings.ts";

const value = 'p@ss/w"rd + grüße🙂';

describe("a secret is taken out", () => {
  test("as it is", () => {
    expect(redactor([value])(`password ${value}!`)).toBe("password [secret]!");
  });

  test.each(Object.entries(encodings))("%s", (_name, encode) => {
    expect(redactor([value])(`before ${encode(value)} after`)).toBe("before [secret] after");
  });

  test.each([
    [
      "in a URL",
      "postgres://netra:p%40ss%2fw%22rd%20%2b@postgres/shop",
      "postgres://netra:[secret]@postgres/shop",
    ],
    ["in a form", "user=netra&password=p%40ss%2Fw%22rd+%2B&x=1", "user=netra&password=[secret]&x=1"],
    [
      "in a JSON log line that quotes JSON",
      JSON.stringify({ message: JSON.stringify({ password: 'p@ss/w"rd +' }) }),
      String.raw`{"message":"{\"password\":\"[secret]\"}"}`,
    ],
    [
      "with slashes escaped, as PHP does",
      String.raw`{"password":"p@ss\/w\"rd +"}`,
      '{"password":"[secret]"}',
    ],
    ["in a page", "<b>p@ss/w&quot;rd &plus;</b>", "<b>[secret]</b>"],
    ["in a header", `Basic ${btoa('anybody:p@ss/w"rd +')}`, "Basic [secret]"],
  ])("%s", (_name, text, redacted) => {
    expect(redactor(['p@ss/w"rd +'])(text)).toBe(redacted);
  });

  test("that is part of a public name: it is refused where secrets are read, and never shown", () => {
    expect(redactor(["hop"])("connection refused by shop:5432")).toBe("connection refused by s[secret]:5432");
  });

  test("that was sent in Latin-1", () => {
    const credential = Buffer.from("me:grüße-grüße", "latin1").toString("base64");
    expect(redactor(["grüße-grüße"])(`Basic ${credential}, gr%FC%DFe-gr%FC%DFe`)).toBe(
      "Basic [secret], [secret]",
    );
  });

  test("that has escapes of its own", () => {
    const odd = String.raw`C:\new%41&amp;+x`;
    const redact = redactor([odd]);
    expect(redact(`it is ${odd}.`)).toBe("it is [secret].");
    for (const encode of Object.values(encodings)) expect(redact(encode(odd))).toBe("[secret]");
  });

  test("that has a line end which whoever reads it trims", () => {
    expect(redactor(["s3cr3t-s3cr3t\n"])("with s3cr3t-s3cr3t it is")).toBe("with [secret] it is");
  });

  test("of several lines, line by line: logs come so", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----\n";
    expect(redactor([key])("| MIIEvQIBADANBg")).toBe("| [secret]");
  });

  test("with a half of a character", () => {
    expect(redactor(["a\uD800bcdefgh"])("x a\uD800bcdefgh y")).toBe("x [secret] y");
  });
});

test("of two secrets the longer is taken out whole, and two that overlap both are", () => {
  expect(redactor(["s3cr3t-1", "s3cr3t-1-and-more"])("s3cr3t-1-and-more, s3cr3t-1")).toBe(
    "[secret], [secret]",
  );
  expect(redactor(["abcdefgh12", "gh12ijklmn"])("<abcdefgh12ijklmn>")).toBe("<[secret]>");
});

test("texts stay as they are where there is nothing to hide", () => {
  expect(redactor([])("as it was")).toBe("as it was");
  expect(redactor(["", "\n"])("as it\nwas")).toBe("as it\nwas");
});

const secret = fc.oneof(
  fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 40 }),
  fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 }),
  fc.base64String({ minLength: 8, maxLength: 40 }),
  fc.stringMatching(/^(%41|\\n|&amp;|\\"|[a-z +&%\\]){8,12}$/),
);
/** What stands before a secret: it ends where a value may begin, and not in the middle of an escape. */
const before = fc.tuple(fc.string({ unit: "grapheme" }), fc.constantFrom(" ", ":", "=", '"', "/", "@", ", "));
const chain = fc.array(fc.constantFrom(...Object.entries(encodings)), { minLength: 0, maxLength: 3 });

test("no composition of encodings shows a secret", () => {
  fc.assert(
    fc.property(
      fc.array(secret, { minLength: 1, maxLength: 4 }),
      before,
      chain,
      fc.string({ unit: "grapheme" }),
      (secrets, [start, delimiter], encoders, end) => {
        const [first = ""] = secrets;
        const forms = [first];
        for (const [, encode] of encoders) forms.push(encode(forms.at(-1) ?? ""));
        const redacted = redactor(secrets)(`${start}${delimiter}${forms.at(-1)} ${end}`);
        expect(redacted).toContain("[secret]");
        for (const form of forms) expect(redacted).not.toContain(form);
      },
    ),
    { numRuns: 3000 },
  );
});

describe("it is fast enough for every line of a log:", () => {
  const redact = redactor(
    Array.from({ length: 20 }, (_, i) => createHash("sha256").update(`${i}`).digest("base64url")),
  );
  const took = (texts: readonly string[]) => {
    const startedAt = performance.now();
    for (const text of texts) redact(text);
    return performance.now() - startedAt;
  };

  // About a tenth of a second on an idle machine; what looks for each form of each secret, or goes back and forth, takes minutes.
  test("10 000 lines of every kind", () => {
    const kinds = [
      "2026-01-01T10:00:00.123+00:00 INFO [main] o.s.b.w.embedded.tomcat.TomcatWebServer : started on port 8080 (http)",
      '{"level":"info","msg":"handled","path":"/api/v1/users?page=2&size=10","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}',
      String.raw`{"msg":"nested {\"a\":\"b\\nfoo\"} %20 &amp; ok"}`,
      "    at Module._compile (node:internal/modules/cjs/loader:1554:14)",
    ];
    expect(took(Array.from({ length: 10_000 }, (_, i) => `${kinds[i % kinds.length]} ${i}`))).toBeLessThan(
      10_000,
    );
  });

  test.each([
    ["percent signs", "%25"],
    ["backslashes", "\\"],
    ["entities", "&amp;"],
    ["escapes of all kinds", "%25\\u0026amp;\\\\%26#x5c;"],
    ["base64 of base64 of base64", btoa(btoa(btoa("%25 and & and so on ")))],
    ["hexadecimal digits", "41"],
  ])("one long text of %s", (_name, part) => {
    expect(took([part.repeat(300_000 / part.length)])).toBeLessThan(10_000);
  });
});

test("a text without secrets is unchanged", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uuid(), { minLength: 1, maxLength: 4 }),
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.base64String(),
        fc.webUrl({ withQueryParameters: true }),
        fc.json(),
      ),
      (secrets, text) => {
        expect(redactor(secrets)(text)).toBe(text);
      },
    ),
    { numRuns: 3000 },
  );
});
