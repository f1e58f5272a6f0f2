import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PhasegateError } from "../../../lib/core/errors.ts";
import { plainText, visibleText } from "../../../lib/core/outside-text.ts";

describe("what a terminal would obey is taken off:", () => {
  test.each([
    ["colours", "\u001b[32mready to serve\u001b[0m", "ready to serve"],
    ["colours of 24 bits", "\u001b[38:2::255:0:0mready\u001b[m", "ready"],
    ["movements of the cursor", "\u001b7\u001b[2K\u001b[1Aready\u001b8", "ready"],
    ["a title", "\u001b]0;production\u0007ready", "ready"],
    ["a link", "\u001b]8;;https://x.example/\u001b\\ready\u001b]8;;\u001b\\", "ready"],
    ["sequences of one character more", "\u009b32mready", "ready"],
  ])("%s", (_name, text, plain) => {
    expect(plainText(text)).toBe(plain);
    expect(visibleText(text)).toBe(plain);
  });
});

describe("what is left and cannot be seen stands as its escape:", () => {
  test.each([
    ["a carriage return", "10%\r20%", String.raw`10%\r20%`],
    ["half a sequence", "ready \u001b[32", String.raw`ready \x1b[32`],
    ["a bell, a backspace and NUL", "a\u0007b\u0008c\u0000", String.raw`a\x07b\x08c\x00`],
    ["a control character of the second kind", "a\u0085b\u009f", String.raw`a\x85b\x9f`],
    ["what reorders text", "user\u202etxt.exe\u2066x", String.raw`user\u202etxt.exe\u2066x`],
    ["characters without a width", "re\u200bady\u00ad", String.raw`re\u200bady\xad`],
    ["tags", "a\u{e0041}", String.raw`a\u{e0041}`],
    ["separators of lines and paragraphs", "a\u2028b\u2029", String.raw`a\u2028b\u2029`],
    ["a byte order mark, by its name", "\ufeffready", "[BOM]ready"],
    ["half of a character", "a\ud83d", "a\ufffd"],
  ])("%s", (_name, text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });

  test("but line ends, tabs, and characters of every language", () => {
    expect(visibleText("a\r\n\tb\n")).toBe("a\n\tb\n");
    expect(visibleText("Grüße, 世界 🙂 שלום ❤️")).toBe("Grüße, 世界 🙂 שלום ❤️");
  });
});

test("whatever comes, nothing unseen is left, and a second time changes nothing", () => {
  const nasty = fc.constantFrom(
    "\u001b",
    "[",
    "]8;;",
    "m",
    "\r",
    "\n",
    "\u009b",
    "\u202e",
    "\ufeff",
    "\u0007",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(nasty).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (any) => {
      const visible = visibleText(any);
      expect(visible.replaceAll(/[\t\n]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(visibleText(visible)).toBe(visible);
    }),
  );
});

test.each([["\u001b]"], ["\u001b[1;"], ["\u001b]8;"], ["\u001bP"], ["\u001b"]])(
  "a text made of beginnings of sequences (%j) takes no longer than another",
  (beginning) => {
    const startedAt = performance.now();
    visibleText(beginning.repeat(200_000));
    // A pattern that goes back and forth would take minutes.
    expect(performance.now() - startedAt).toBeLessThan(3000);
  },
);

test("an error for people quotes nothing that a terminal would obey", () => {
  const said = "the engine said: \u001b[2Jno space\u202e left\r\ntry again";
  expect(new PhasegateError("PHASEGATE_ENGINE_REFUSED", said).message).toBe(
    "the engine said: no space\\u202e left\ntry again",
  );
});
